using Holdfast.Transcripts;

namespace Holdfast.Turns.Control;

/// <summary>What became of an operator's wish to break a lease.</summary>
public abstract record LeaseBreakOutcome
{
    private LeaseBreakOutcome()
    {
    }

    /// <summary>
    /// The lease was held and is free. <paramref name="Claim"/> is the claim that stood under it; null when none can be read.
    /// </summary>
    public sealed record Broken(OwnershipMetadata? Claim) : LeaseBreakOutcome;

    /// <summary>Nobody held it, or the one whom it was to be taken from does not hold it any more; no lease was touched.</summary>
    public sealed record NotHeld : LeaseBreakOutcome;

    /// <summary>There is no session of this key, or nothing stands in it yet.</summary>
    public sealed record Unknown : LeaseBreakOutcome;
}
