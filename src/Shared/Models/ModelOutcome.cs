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

    /// <summary>There is no answer; the text that was streamed until then was heard.</summary>
    public sealed record Failed(ModelFailure Failure) : ModelOutcome;
}
