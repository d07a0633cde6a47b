using Holdfast.Transcripts;

namespace Holdfast.Leases;

/// <summary>Who holds a lease, as far as anybody can see: the lease itself does not say it, the claim under it does.</summary>
/// <param name="Standing">The claim in the blob's metadata; null when it cannot be read.</param>
/// <param name="SeenSince">Since when the lease was found held under this very claim.</param>
/// <param name="TurnHasReceipt">The turn that the claim names has ended.</param>
public sealed record LeaseHolder(ClaimStamp? Standing, DateTimeOffset SeenSince, bool TurnHasReceipt);

/// <summary>
/// Says when a held lease may be broken (docs/decisions/0011). Pure. A wrong answer costs courtesy and no byte: what may be written is
/// decided by ETag and position, whoever holds the lease.
/// </summary>
public static class LeaseBreakJudge
{
    /// <param name="endedOrchestration">The execution that ended before the claimer's own began; null when none is known.</param>
    public static LeaseBreakVerdict Judge(string? endedOrchestration, LeaseHolder holder, LeaseOptions options, DateTimeOffset now)
    {
        // The claim may be long over and the lease that of a side writer, who claims nothing: he is done within his lease.
        if (now - holder.SeenSince < options.BreakAfter)
        {
            return LeaseBreakVerdict.Wait.Instance;
        }

        // Without a claim nothing is known of the holder. A claim of the claimer's own run is another deployment's.
        if (holder.Standing is not { RunId.Length: > 0 } standing)
        {
            return LeaseBreakVerdict.Wait.Instance;
        }

        if (holder.TurnHasReceipt)
        {
            return new LeaseBreakVerdict.MayBreak(LeaseBreakReason.TurnFinished);
        }

        if (standing.Orchestration is { Length: > 0 } orchestration && orchestration == endedOrchestration)
        {
            return new LeaseBreakVerdict.MayBreak(LeaseBreakReason.OrchestrationEnded);
        }

        return now >= standing.Until
            ? new LeaseBreakVerdict.MayBreak(LeaseBreakReason.PastDeadline)
            : LeaseBreakVerdict.Wait.Instance;
    }
}
