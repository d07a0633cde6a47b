using System.Buffers;
using System.Text.Json;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Util;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>Writes <c>POST /model/{modelId}/converse-stream</c>.</summary>
internal sealed class ConverseStreamRequestMarshaller : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public static ConverseStreamRequestMarshaller Instance { get; } = new();

    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var source = (ConverseStreamRequest)input;
        if (source.ModelId is null)
        {
            throw new AmazonBedrockRuntimeException("Request object does not have required field ModelId set");
        }

        var request = new DefaultRequest(source, "Amazon.BedrockRuntime")
        {
            HttpMethod = "POST",
            ResourcePath = "/model/{modelId}/converse-stream",
            Content = Body(source),
        };
        request.Headers["Content-Type"] = "application/json";
        request.Headers[HeaderKeys.XAmzApiVersion] = "2023-09-30";
        request.AddPathResource("{modelId}", source.ModelId);
        return request;
    }

    private static byte[] Body(ConverseStreamRequest source)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            RequestBody.Write(writer, source);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
