using System.Collections.Immutable;

namespace Holdfast.Peers.Bedrock;

/// <summary>
/// One step of a scripted answer. <c>messageStart</c> goes out before the first content; a block is closed when content of
/// another kind, a stop or metadata follows, so silence and gates may stand inside a block.
/// </summary>
public abstract record BedrockStep
{
    private BedrockStep()
    {
    }

    /// <summary>Nothing is sent for this long. Before all other steps: the headers are out, no event is.</summary>
    public sealed record Silence(TimeSpan Duration) : BedrockStep;

    /// <summary>Not even the response's headers are sent for this long; only as the first step.</summary>
    public sealed record HoldHeaders(TimeSpan Duration) : BedrockStep;

    /// <summary>Breaks the connection before a byte is answered; only as the first step.</summary>
    public sealed record NoAnswer : BedrockStep;

    /// <summary>Waits until the test calls <see cref="ScriptedBedrock.Open"/> with this name.</summary>
    public sealed record Gate(string Name) : BedrockStep;

    /// <summary>Sends <c>messageStart</c> now rather than with the first content.</summary>
    public sealed record MessageStart : BedrockStep;

    /// <summary>Text deltas; delta n is due n intervals after the first, whatever the earlier ones cost.</summary>
    public sealed record Text(ImmutableArray<string> Deltas, TimeSpan Interval = default) : BedrockStep
    {
        public Text(params string[] deltas)
            : this(ImmutableArray.Create(deltas))
        {
        }

        /// <summary>The same delta over and over.</summary>
        public static Text Repeat(string delta, int count, TimeSpan interval) => new([.. Enumerable.Repeat(delta, count)], interval);
    }

    /// <summary>Reasoning deltas, then the signature if there is one.</summary>
    public sealed record Reasoning(ImmutableArray<string> Deltas, TimeSpan Interval = default, string? Signature = null) : BedrockStep;

    /// <summary>A block of reasoning that the provider encrypted.</summary>
    public sealed record RedactedReasoning(ImmutableArray<byte> Content) : BedrockStep;

    /// <summary>A tool use whose input is sent in this many pieces.</summary>
    public sealed record ToolUse(string Name, string Id, string InputJson, int Chunks = 1, TimeSpan Interval = default) : BedrockStep;

    /// <summary>The answer is complete.</summary>
    public sealed record MessageStop(string Reason = "end_turn", string? AdditionalFieldsJson = null) : BedrockStep;

    /// <summary>What the answer cost.</summary>
    public sealed record Metadata(
        int InputTokens =
            10, int OutputTokens = 20, int? CacheReadInputTokens = null, int? CacheWriteInputTokens = null, long LatencyMs = 42)
        : BedrockStep;

    /// <summary>An exception inside the stream, then the end: <c>throttlingException</c>, <c>modelStreamErrorException</c> …</summary>
    public sealed record Exceptional(string Kind, string Message, int? OriginalStatusCode = null) : BedrockStep;

    /// <summary>An unmodelled error inside the stream, then the end.</summary>
    public sealed record Errored(string Code, string Message) : BedrockStep;

    /// <summary>A refusal instead of a stream; only as the first step.</summary>
    public sealed record HttpError(int Status, string Type, string Message, TimeSpan? RetryAfter = null) : BedrockStep;

    /// <summary>Sends half a frame and breaks the connection.</summary>
    public sealed record CutSocket : BedrockStep;

    /// <summary>Ends the response properly, here and now; without a <see cref="MessageStop"/> before it the answer is incomplete.</summary>
    public sealed record EndHere : BedrockStep;

    /// <summary>Sends half a frame and ends the response properly.</summary>
    public sealed record EndInsideFrame : BedrockStep;

    /// <summary>An event of a type that the API does not have.</summary>
    public sealed record UnknownEvent(string EventType, string Json = "{}") : BedrockStep;

    /// <summary>A text delta one bit of which was turned over on the way.</summary>
    public sealed record DamagedText(string Delta, bool InPrelude = false) : BedrockStep;

    /// <summary>Several frames' bytes in pieces of this size, each piece a write of its own.</summary>
    public sealed record Fragmented(ImmutableArray<string> Deltas, int PieceBytes) : BedrockStep;
}
