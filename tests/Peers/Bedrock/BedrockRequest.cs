using System.Text.Json;

namespace Holdfast.Peers.Bedrock;

/// <summary>
/// A request as it arrived, and what became of its answer. Times are microseconds since 1970 on <see cref="PeerClock"/>,
/// so that processes of one machine can compare them; null as long as it did not happen.
/// </summary>
public sealed class BedrockRequest
{
    private readonly TaskCompletionSource<BedrockEnding> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal BedrockRequest(
        int number,
        string modelId,
        string target,
        IReadOnlyDictionary<string, string> headers,
        ReadOnlyMemory<byte> rawBody,
        JsonElement body,
        long arrivedAtMicros)
    {
        (Number, ModelId, Target, Headers, ArrivedAtMicros) = (number, modelId, target, headers, arrivedAtMicros);
        (RawBody, Body, BodyBytes) = (rawBody, body, rawBody.Length);
        (LastUserText, ToolResultsOfTurn) = BedrockConversation.Summarize(body);
    }

    /// <summary>1 for the first request.</summary>
    public int Number { get; }

    public string ModelId { get; }

    /// <summary>The path as it stood on the wire, percent encoding included.</summary>
    public string Target { get; }

    /// <summary>Header names are compared without case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Empty when the peer was told not to keep bodies.</summary>
    public ReadOnlyMemory<byte> RawBody { get; private set; }

    /// <summary>Undefined when the peer was told not to keep bodies.</summary>
    public JsonElement Body { get; private set; }

    public int BodyBytes { get; }

    /// <summary>The text of the last message that holds a user's text.</summary>
    public string LastUserText { get; }

    /// <summary>Tool results behind that message.</summary>
    public int ToolResultsOfTurn { get; }

    /// <summary>When the request's headers were there.</summary>
    public long ArrivedAtMicros { get; }

    public DateTimeOffset ArrivedAt => DateTimeOffset.UnixEpoch.AddMicroseconds(ArrivedAtMicros);

    /// <summary>When the first event was handed to the socket.</summary>
    public long? FirstByteAtMicros { get; internal set; }

    /// <summary>When the last event was handed to the socket.</summary>
    public long? LastByteAtMicros { get; internal set; }

    public int DeltasSent { get; internal set; }

    public BedrockEnding Ending { get; private set; }

    /// <summary>Completes with how the answer ended.</summary>
    public Task<BedrockEnding> WhenEnded => _ended.Task;

    internal void End(BedrockEnding ending)
    {
        Ending = ending;
        _ended.TrySetResult(ending);
    }

    /// <summary>Lets the body go, once a script was chosen, so that long runs stay small.</summary>
    internal void ForgetBody() => (RawBody, Body) = (default, default);
}

/// <summary>How an answer ended.</summary>
public enum BedrockEnding
{
    /// <summary>It is still being sent.</summary>
    Open = 0,

    /// <summary>The script came to its end.</summary>
    Finished = 1,

    /// <summary>The script broke the connection.</summary>
    Cut = 2,

    /// <summary>The client went away before the end.</summary>
    ClientLeft = 3,

    /// <summary>It was refused with an HTTP status.</summary>
    Refused = 4,
}
