using Amazon.Runtime.EventStreams;

namespace Amazon.BedrockRuntime.Model;

/// <summary>First event of an answer.</summary>
public sealed class MessageStartEvent : IEventStreamEvent;

/// <summary>The answer is complete. A stream that ends without it is not.</summary>
public sealed class MessageStopEvent : IEventStreamEvent
{
    public StopReason StopReason { get; set; }
}
