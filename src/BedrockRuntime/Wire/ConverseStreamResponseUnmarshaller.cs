using System.Net;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>Hands the open connection of an accepted request to the event stream, and turns a refusal into its exception.</summary>
internal sealed class ConverseStreamResponseUnmarshaller : JsonResponseUnmarshaller
{
    public static ConverseStreamResponseUnmarshaller Instance { get; } = new();

    /// <summary>Tells the core to leave the connection open after unmarshalling.</summary>
    public override bool HasStreamingProperty => true;

    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext context)
        => new ConverseStreamResponse { Stream = new ConverseStreamOutput(context.Stream) };

    public override AmazonServiceException UnmarshallException(
        JsonUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(context.Stream);
        var error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(context, ref reader);
        error.InnerException = innerException;
        error.StatusCode = statusCode;
        return ServiceErrors.Of(error);
    }

    /// <summary>Never: the answer is a stream.</summary>
    protected override bool ShouldReadEntireResponse(IWebResponseData response, bool readEntireResponse) => false;
}
