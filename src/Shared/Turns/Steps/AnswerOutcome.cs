using System.Collections.Immutable;
using Holdfast.Transcripts;

namespace Holdfast.Turns.Steps;

/// <summary>What the model calls of one step came to.</summary>
public abstract record AnswerOutcome
{
    private AnswerOutcome()
    {
    }

    /// <summary>The answer stands in the transcript.</summary>
    public sealed record Committed(ImmutableArray<ContentBlock> Content) : AnswerOutcome;

    /// <summary>No model gave one; the final stub stands in the transcript.</summary>
    public sealed record GaveUp(TurnFailure Failure) : AnswerOutcome;

    /// <summary>The next call comes after a pause that is too long to be waited for here; the stubs of those that failed stand.</summary>
    public sealed record PutOff(DateTimeOffset ResumeAt, IReadOnlyList<FailedCall> FailedCalls) : AnswerOutcome;

    /// <summary>The fence closed. <paramref name="Finished"/> is the answer that could not be written; null when there was none yet.</summary>
    public sealed record FencedOff(TranscriptEntry.AssistantMessage? Finished) : AnswerOutcome;
}
