using Amazon.Runtime.EventStreams;

namespace Amazon.BedrockRuntime.Model;

/// <summary>A block begins. Sent for tool use; text and reasoning may begin with their first delta.</summary>
public sealed class ContentBlockStartEvent : IEventStreamEvent
{
    public int? ContentBlockIndex { get; set; }

    public ContentBlockStart Start { get; set; }
}

/// <summary>A further part of a block.</summary>
public sealed class ContentBlockDeltaEvent : IEventStreamEvent
{
    public int? ContentBlockIndex { get; set; }

    public ContentBlockDelta Delta { get; set; }
}

/// <summary>A block is complete.</summary>
public sealed class ContentBlockStopEvent : IEventStreamEvent
{
    public int? ContentBlockIndex { get; set; }
}
