using Holdfast.Transcripts;

namespace Holdfast.Ownership;

/// <summary>What became of a claim.</summary>
public abstract record ClaimOutcome
{
    private ClaimOutcome()
    {
    }

    /// <summary>The session is this run's: its claim stands in the metadata, its lease is held.</summary>
    public sealed record Claimed(FencedTranscript Transcript) : ClaimOutcome;

    /// <summary>Somebody else held the lease for the whole wait. Nothing was changed.</summary>
    public sealed record Busy : ClaimOutcome;

    /// <summary>
    /// Another run came between this run's work so far and this claim (I2). Nothing was changed. <paramref name="Found"/> is what stands:
    /// a step that was recorded before is still good.
    /// </summary>
    public sealed record TakenOver(FenceVerdict.Takeover Verdict, TranscriptView Found, int Attempt) : ClaimOutcome;

    /// <summary>The session was ended by a reset: its key means another one by now, or soon. Nothing was changed.</summary>
    public sealed record Ended : ClaimOutcome;

    /// <summary>The segment is not a transcript of this session, or cannot be read. Nothing was changed.</summary>
    public sealed record Unreadable(string Explanation) : ClaimOutcome;
}
