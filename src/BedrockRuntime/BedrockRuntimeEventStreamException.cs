using Amazon.Runtime.EventStreams.Internal;

namespace Amazon.BedrockRuntime;

/// <summary>
/// How every failure of an open stream surfaces while it is enumerated. What happened is the inner exception: a type of
/// <c>Amazon.BedrockRuntime.Model</c> when the service sent an exception as an event (then <see cref="Exception.Message"/>
/// is the event's payload, a JSON text), otherwise the cause itself: a checksum failure, a cut connection, a cancellation.
/// </summary>
public sealed class BedrockRuntimeEventStreamException : EventStreamException
{
    /// <summary>For the core, which asks for one.</summary>
    public BedrockRuntimeEventStreamException()
    {
    }

    /// <summary>For the core as well: it wraps causes by this.</summary>
    public BedrockRuntimeEventStreamException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
