using System.Collections.Immutable;
using Holdfast.Transcripts;

namespace Holdfast.Models;

/// <summary>How one call ended.</summary>
public abstract record ModelOutcome
{
    private ModelOutcome()
    {
    }

    /// <param name="Content">The answer in its own order, without blank text; holds text or a tool call, never reasoning alone.</param>
    /// <param name="StopReason">
    /// In the open format's words: <c>toolUse</c> exactly when the content holds a tool call, else <c>length</c> when the answer was cut
    /// at a limit of tokens, else <c>stop</c>.
    /// </param>
    /// <param name="Usage">As counted by the provider; <see cref="TokenCount.None"/> when the stream ended before it said so.</param>
    public sealed record Completed(ImmutableArray<ContentBlock> Content, string StopReason, TokenCount Usage) : ModelOutcome;

    /// <param name="Failure">Why.</param>
    /// <param name="PartialText">The text streamed until then; it was reported to the sink too.</param>
    public sealed record Failed(ModelFailure Failure, string PartialText) : ModelOutcome;
}
