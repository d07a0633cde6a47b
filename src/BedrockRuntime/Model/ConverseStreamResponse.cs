using Amazon.Runtime;

namespace Amazon.BedrockRuntime.Model;

/// <summary>An answer whose headers have arrived. Disposing it closes the connection if the stream has not ended.</summary>
public sealed class ConverseStreamResponse : AmazonWebServiceResponse, IDisposable
{
    /// <summary>The events; null after disposal.</summary>
    public ConverseStreamOutput Stream { get; set; }

    /// <inheritdoc />
    public void Dispose()
    {
        Stream?.Dispose();
        Stream = null;
    }
}
