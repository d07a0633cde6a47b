using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime;
using Amazon.Runtime.EventStreams;
using Amazon.Runtime.Internal;

namespace Holdfast.Models.Bedrock;

/// <summary>
/// The SDK's exceptions in our request, by type. Inside a stream every failure comes wrapped: the cause is the inner exception.
/// </summary>
internal static class BedrockFailures
{
    private const int MaxMessageCharacters = 500;

    /// <returns>Null for an exception that is not the provider's: it is a defect and stays what it is.</returns>
    public static ModelProviderException? TryClassify(Exception exception)
    {
        var isInStream = exception is BedrockRuntimeEventStreamException;
        var cause = isInStream ? exception.InnerException ?? exception : exception;
        var message = (isInStream ? MessageOfEvent(exception.Message) : null) ?? cause.Message;
        return KindOf(cause, message, isInStream) is { } kind
            ? new ModelProviderException(new ModelFailure(kind, Describe(cause, message), RetryAfterOf(cause)), exception)
            : null;
    }

    private static ModelFailureKind? KindOf(Exception cause, string message, bool isInStream) => cause switch
    {
        ThrottlingException => IsDaily(message) ? ModelFailureKind.QuotaExhausted : ModelFailureKind.Throttled,
        ServiceQuotaExceededException => ModelFailureKind.QuotaExhausted,
        ValidationException => IsAboutModelId(message) ? ModelFailureKind.ModelNotFound : ModelFailureKind.Validation,
        AccessDeniedException => ModelFailureKind.AccessDenied,
        ResourceNotFoundException => ModelFailureKind.ModelNotFound,
        ModelNotReadyException => ModelFailureKind.ModelNotReady,
        ModelTimeoutException => ModelFailureKind.ModelTimeout,
        ModelStreamErrorException or ModelErrorException => ModelFailureKind.ModelStreamError,
        ServiceUnavailableException => ModelFailureKind.ServiceUnavailable,
        InternalServerException => ModelFailureKind.ServerError,
        AmazonServiceException unnamed => KindOf(unnamed),

        // No credentials, or no region: the client cannot even ask.
        AmazonClientException => ModelFailureKind.AccessDenied,

        // An exception event that this SDK has no type for, and the protocol's own error event.
        UnknownEventStreamException => ModelFailureKind.Unknown,
        EventStreamErrorCodeException => ModelFailureKind.ServerError,
        HttpRequestException or IOException or SocketException or WebException or TimeoutException => ModelFailureKind.Network,

        // Whatever else ends an open stream: a broken frame, or an event that this SDK has no type for (it fails at those).
        _ => isInStream ? ModelFailureKind.Unknown : null,
    };

    /// <summary>Refusals without a type in this operation's model, such as quotas and those of the signature check.</summary>
    private static ModelFailureKind KindOf(AmazonServiceException refusal) => refusal switch
    {
        { ErrorCode: "ServiceQuotaExceededException" } => ModelFailureKind.QuotaExhausted,
        { ErrorCode: "ServiceUnavailableException" or "ServiceUnavailable" } => ModelFailureKind.ServiceUnavailable,
        { ErrorCode: "ExpiredTokenException" or "UnrecognizedClientException" or "InvalidSignatureException" } =>
            ModelFailureKind.AccessDenied,
        { StatusCode: HttpStatusCode.TooManyRequests } =>
            IsDaily(refusal.Message) ? ModelFailureKind.QuotaExhausted : ModelFailureKind.Throttled,
        { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } => ModelFailureKind.AccessDenied,
        { StatusCode: HttpStatusCode.NotFound } => ModelFailureKind.ModelNotFound,
        { StatusCode: HttpStatusCode.RequestTimeout } => ModelFailureKind.ModelTimeout,
        { StatusCode: HttpStatusCode.ServiceUnavailable } => ModelFailureKind.ServiceUnavailable,
        { StatusCode: >= HttpStatusCode.InternalServerError } => ModelFailureKind.ServerError,
        { StatusCode: >= HttpStatusCode.BadRequest } => ModelFailureKind.Validation,
        { StatusCode: 0 } => ModelFailureKind.Network,
        _ => ModelFailureKind.Unknown,
    };

    /// <summary>
    /// Bedrock has one exception for the minute's and the day's tokens; "Too many tokens per day" is all that tells them apart.
    /// </summary>
    private static bool IsDaily(string message) =>
        message.Contains("per day", StringComparison.OrdinalIgnoreCase) || message.Contains("daily", StringComparison.OrdinalIgnoreCase);

    /// <summary>A wrong or unsupported model id is refused as a validation error, but it is that model's trouble only.</summary>
    private static bool IsAboutModelId(string message) =>
        message.Contains("model identifier is invalid", StringComparison.OrdinalIgnoreCase)
        || message.Contains("on-demand throughput", StringComparison.OrdinalIgnoreCase);

    /// <summary>An exception event's words stand in the wrapper, as the event's JSON; the typed exception inside has none.</summary>
    private static string? MessageOfEvent(string payload)
    {
        try
        {
            return JsonElement.Parse(payload) is { ValueKind: JsonValueKind.Object } json
                && json.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
                    ? message.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Describe(Exception cause, string message)
    {
        var text = $"{cause.GetType().Name}: {message}";
        return text.Length > MaxMessageCharacters ? text[..MaxMessageCharacters] : text;
    }

    private static TimeSpan? RetryAfterOf(Exception cause) =>
        cause.InnerException is HttpErrorResponseException { Response: { } response } && response.IsHeaderPresent("Retry-After")
        && int.TryParse(response.GetHeaderValue("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
