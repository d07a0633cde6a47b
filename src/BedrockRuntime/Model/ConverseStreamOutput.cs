using Amazon.BedrockRuntime.Wire;
using Amazon.Runtime.EventStreams;
using Amazon.Runtime.EventStreams.Internal;

namespace Amazon.BedrockRuntime.Model;

/// <summary>
/// The events of one answer, read once: by enumeration, or by handlers after <c>StartProcessing</c>.
/// <para>
/// Asynchronous enumeration, which is what the app uses, reads frames straight off the connection, one await per read,
/// and hands an event on as soon as its frame is complete and checked. The other ways are the core's own. A failure ends
/// the enumeration with a <see cref="BedrockRuntimeEventStreamException"/> around it, cancellation included; a connection
/// that ends properly ends it, also without a <see cref="MessageStopEvent"/>; after disposal it ends quietly.
/// </para>
/// </summary>
public sealed class ConverseStreamOutput
    : EnumerableEventOutputStream<IEventStreamEvent, BedrockRuntimeEventStreamException>, IAsyncEnumerable<IEventStreamEvent>
{
    private const string InitialResponse = "Initial-Response";

    private static readonly Dictionary<string, Func<IEventStreamMessage, IEventStreamEvent>> Events =
        new(StringComparer.OrdinalIgnoreCase)
        {
            [InitialResponse] = message => new InitialResponseEvent(message),
            ["ContentBlockDelta"] = message => EventPayload.Read("contentBlockDelta"u8, message.Payload),
            ["ContentBlockStart"] = message => EventPayload.Read("contentBlockStart"u8, message.Payload),
            ["ContentBlockStop"] = message => EventPayload.Read("contentBlockStop"u8, message.Payload),
            ["MessageStart"] = message => EventPayload.Read("messageStart"u8, message.Payload),
            ["MessageStop"] = message => EventPayload.Read("messageStop"u8, message.Payload),
            ["Metadata"] = message => EventPayload.Read("metadata"u8, message.Payload),
        };

    private volatile bool _isProcessing;

    /// <summary>The events on this connection.</summary>
    public ConverseStreamOutput(Stream stream)
        : this(stream, null)
    {
    }

    /// <summary>The events on this connection; the decoder serves the handlers and the synchronous enumeration.</summary>
    public ConverseStreamOutput(Stream stream, IEventStreamDecoder eventStreamDecoder)
        : base(stream, eventStreamDecoder)
    {
        base.ExceptionReceived += (_, args) => ExceptionReceived?.Invoke(this, args);
        Decoder.MessageReceived += (_, args) => Raise(Convert(args.Message));
    }

    /// <summary>Every event.</summary>
    public override event EventHandler<EventStreamEventReceivedArgs<IEventStreamEvent>> EventReceived;

    /// <summary>The failure that ended <c>StartProcessing</c>.</summary>
    public override event EventHandler<EventStreamExceptionReceivedArgs<BedrockRuntimeEventStreamException>> ExceptionReceived;

    public event EventHandler<EventStreamEventReceivedArgs<InitialResponseEvent>> InitialResponseReceived;

    public event EventHandler<EventStreamEventReceivedArgs<MessageStartEvent>> MessageStartReceived;

    public event EventHandler<EventStreamEventReceivedArgs<ContentBlockStartEvent>> ContentBlockStartReceived;

    public event EventHandler<EventStreamEventReceivedArgs<ContentBlockDeltaEvent>> ContentBlockDeltaReceived;

    public event EventHandler<EventStreamEventReceivedArgs<ContentBlockStopEvent>> ContentBlockStopReceived;

    public event EventHandler<EventStreamEventReceivedArgs<MessageStopEvent>> MessageStopReceived;

    public event EventHandler<EventStreamEventReceivedArgs<ConverseStreamMetadataEvent>> MetadataReceived;

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

    /// <summary>Reads the events. The token ends a read that waits for a silent service at once.</summary>
    /// <exception cref="InvalidOperationException">The stream is being read already.</exception>
    /// <exception cref="BedrockRuntimeEventStreamException">The stream failed; the inner exception says how.</exception>
    public new async IAsyncEnumerator<IEventStreamEvent> GetAsyncEnumerator(CancellationToken cancellationToken)
    {
        if (IsProcessing)
        {
            throw new InvalidOperationException("The stream is being read already; it can be read once, by handlers or by enumeration.");
        }

        IsEnumerated = true;
        IsProcessing = true;
        var frames = new FrameBuffer(BufferSize);
        while (IsProcessing)
        {
            IEventStreamEvent next = null;
            try
            {
                if (!TryTakeEvent(frames, out next))
                {
                    var count = await NetworkStream.ReadAsync(frames.Free(), cancellationToken);
                    frames.Filled(count);
                    IsProcessing &= count > 0;
                    continue;
                }
            }
            catch (Exception failure)
            {
                IsProcessing = false;
                if (IsDisposed)
                {
                    yield break;
                }

                Dispose();
                throw WrapException(failure);
            }

            yield return next;
        }
    }

    private bool TryTakeEvent(FrameBuffer frames, out IEventStreamEvent next)
    {
        next = null;
        if (!frames.TryTake(out var frame))
        {
            return false;
        }

        if (frame.TryGetEventType(out var eventType))
        {
            next = EventPayload.Read(eventType, frame.Payload);
        }

        // Exceptions, errors and what is unknown are rare: the core judges those, so that they mean what they mean there.
        next ??= Convert(EventStreamMessage.FromBuffer(frame.Bytes.ToArray(), 0, frame.Bytes.Length));
        Raise(next);
        return true;
    }

    private IEventStreamEvent Convert(EventStreamMessage message)
    {
        try
        {
            return ConvertMessageToEvent(message);
        }
        catch (UnknownEventStreamException)
        {
            throw new UnknownEventStreamException("Received an unknown event stream type");
        }
    }

    private void Raise(IEventStreamEvent received)
    {
        EventReceived?.Invoke(this, new EventStreamEventReceivedArgs<IEventStreamEvent>(received));
        _ = TryRaise(ContentBlockDeltaReceived, received)
            || TryRaise(ContentBlockStartReceived, received)
            || TryRaise(ContentBlockStopReceived, received)
            || TryRaise(MessageStartReceived, received)
            || TryRaise(MessageStopReceived, received)
            || TryRaise(MetadataReceived, received)
            || TryRaise(InitialResponseReceived, received);
    }

    private bool TryRaise<T>(EventHandler<EventStreamEventReceivedArgs<T>> handler, IEventStreamEvent received)
        where T : class, IEventStreamEvent
    {
        if (received is not T typed)
        {
            return false;
        }

        handler?.Invoke(this, new EventStreamEventReceivedArgs<T>(typed));
        return true;
    }
}
