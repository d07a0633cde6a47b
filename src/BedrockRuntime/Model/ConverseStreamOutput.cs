using Amazon.BedrockRuntime.Wire;
using Amazon.Runtime.EventStreams;
using Amazon.Runtime.EventStreams.Internal;

namespace Amazon.BedrockRuntime.Model;

/// <summary>
/// The events of one answer, enumerated once, by the core's own reader. A failure ends the enumeration with a
/// <see cref="BedrockRuntimeEventStreamException"/> around it, cancellation included, and takes the events along that came in
/// the same read. A connection that ends properly ends it, also without a <see cref="MessageStopEvent"/>.
/// </summary>
public sealed class ConverseStreamOutput : EnumerableEventOutputStream<IEventStreamEvent, BedrockRuntimeEventStreamException>
{
    private static readonly Dictionary<string, Func<IEventStreamMessage, IEventStreamEvent>> Events =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["Initial-Response"] = message => new InitialResponseEvent(message),
            ["ContentBlockDelta"] = message => EventPayload.Read(message, EventPayload.ContentBlockDelta),
            ["ContentBlockStart"] = message => EventPayload.Read(message, EventPayload.ContentBlockStart),
            ["ContentBlockStop"] = message => EventPayload.Read(message, EventPayload.ContentBlockStop),
            ["MessageStart"] = message => EventPayload.Read(message, _ => new MessageStartEvent()),
            ["MessageStop"] = message => EventPayload.Read(message, EventPayload.MessageStop),
            ["Metadata"] = message => EventPayload.Read(message, EventPayload.Metadata),
        };

    private volatile bool _isProcessing;

    /// <summary>The events on this connection.</summary>
    public ConverseStreamOutput(Stream stream)
        : base(stream)
        => Decoder.MessageReceived += (_, args) => EventReceived?.Invoke(this, new(Convert(args.Message)));

    /// <summary>Every event; the core enumerates what is raised here.</summary>
    public override event EventHandler<EventStreamEventReceivedArgs<IEventStreamEvent>> EventReceived;

    /// <inheritdoc />
    protected override IDictionary<string, Func<IEventStreamMessage, IEventStreamEvent>> EventMapping => Events;

    /// <inheritdoc />
    protected override IDictionary<string, Func<IEventStreamMessage, BedrockRuntimeEventStreamException>> ExceptionMapping
        => ServiceErrors.InStream;

    /// <inheritdoc />
    protected override bool IsProcessing
    {
        get => _isProcessing;
        set => _isProcessing = value;
    }

    private IEventStreamEvent Convert(EventStreamMessage message)
    {
        try
        {
            return ConvertMessageToEvent(message);
        }
        catch (UnknownEventStreamException)
        {
            // The package hides the exception's name behind a sentence of its own.
            throw new UnknownEventStreamException("Received an unknown event stream type");
        }
    }
}
