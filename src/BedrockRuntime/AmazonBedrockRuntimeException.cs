using System.Net;
using Amazon.Runtime;

namespace Amazon.BedrockRuntime;

/// <summary>A refusal of the service. Cases that the API names are derived types in <c>Amazon.BedrockRuntime.Model</c>.</summary>
public class AmazonBedrockRuntimeException : AmazonServiceException
{
    public AmazonBedrockRuntimeException(string message)
        : base(message)
    {
    }

    public AmazonBedrockRuntimeException(
        string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}
