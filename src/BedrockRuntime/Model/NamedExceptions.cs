using System.Net;
using Amazon.Runtime;

namespace Amazon.BedrockRuntime.Model;

/// <summary>The caller may not use this model or action (403).</summary>
public sealed class AccessDeniedException(
    string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
    : AmazonBedrockRuntimeException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The service failed (500, or inside the stream).</summary>
public sealed class InternalServerException(
    string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
    : AmazonBedrockRuntimeException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The model failed on this request (424).</summary>
public sealed class ModelErrorException(
    string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
    : AmazonBedrockRuntimeException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The model is being loaded (429); the core retries it within its limits.</summary>
public sealed class ModelNotReadyException(
    string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
    : AmazonBedrockRuntimeException(message, innerException, errorType, errorCode, requestId, statusCode)
{
    /// <inheritdoc />
    public override RetryableDetails Retryable { get; } = new(false);
}

/// <summary>The model failed in the middle of its answer (inside the stream).</summary>
public sealed class ModelStreamErrorException(
    string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
    : AmazonBedrockRuntimeException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The model took longer than the service allows (408).</summary>
public sealed class ModelTimeoutException(
    string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
    : AmazonBedrockRuntimeException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>There is no such model, profile or prompt (404).</summary>
public sealed class ResourceNotFoundException(
    string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
    : AmazonBedrockRuntimeException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>A quota of the account is used up (400). ConverseStream does not raise it: it gives the base type with this code.</summary>
public sealed class ServiceQuotaExceededException(
    string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
    : AmazonBedrockRuntimeException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The service is not there for now (503, or inside the stream).</summary>
public sealed class ServiceUnavailableException(
    string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
    : AmazonBedrockRuntimeException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The account's rate is used up (429, or inside the stream).</summary>
public sealed class ThrottlingException(
    string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
    : AmazonBedrockRuntimeException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The request is not acceptable to the service or the model (400, or inside the stream).</summary>
public sealed class ValidationException(
    string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
    : AmazonBedrockRuntimeException(message, innerException, errorType, errorCode, requestId, statusCode);
