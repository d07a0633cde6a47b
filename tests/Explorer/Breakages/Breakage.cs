namespace Holdfast.Tests.Explorer.Breakages;

/// <summary>A deliberate breakage, and where it must be seen.</summary>
/// <param name="Switch">A <see cref="ServiceBreakage"/>, or the name of a <see cref="SourceBreakage"/>.</param>
/// <param name="Families">Searched in this order until it is seen.</param>
internal sealed record Breakage(string Name, string Switch, params string[] Families)
{
    /// <summary>The breakages that the explorer proves itself on.</summary>
    public static IReadOnlyList<Breakage> All { get; } =
    [
        new("If-Match dropped at the append", nameof(ServiceBreakage.AppendWithoutETag), "zombie"),
        new("every condition but the lease dropped at the append", nameof(ServiceBreakage.AppendAnywhere), "zombie"),
        new("append position dropped, gap read torn from its ETag", nameof(ServiceBreakage.TornReadsWithoutPosition), "zombie"),
        new("an append sent again after it stood", nameof(ServiceBreakage.AppendSentTwice), "zombie"),
        new("metadata set without If-Match", nameof(ServiceBreakage.MetadataWithoutETag), "zombie"),
        new("lease broken without right", nameof(ServiceBreakage.LeaseBrokenWithoutRight), "foreign"),
        new("lease broken whatever was written since the look", nameof(ServiceBreakage.BreakWithoutETag), "operator"),
        new("operator's break without a record", "breakNote", "operator"),
        new("reset without a seal", nameof(ServiceBreakage.NoSeal), "reset"),
        new("reset that seals without a claim", nameof(ServiceBreakage.ResetWithoutClaim), "reset", "reset-turn"),
        new("answer asked for again that stood before a reset", "closedAnswer", "reset"),
        new("finished answer dropped when storage fails", "outage", "question"),
        new("side entry written twice that was left twice", "sideTwice", "waiting"),
        new("outbox intent created without If-None-Match", nameof(ServiceBreakage.OutboxCreatedTwice), "finish"),
        new("epoch not raised by a claim", "epoch", "zombie"),
        new("own entry ids not looked for", "ownIds", "zombie", "finish"),
        new("stub judged foreign", "stub", "stub"),
        new("mirror judged foreign", "mirror", "mirror"),
        new("foreign user entry judged benign", "user", "question"),
        new("another run's claim not noticed", "claim", "foreign"),
        new("zombie answers first", "zombie", "zombie"),
        new("partial appended after the commit", "latePart", "zombie"),
        new("one lease id for all deployments", "sharedLease", "deployments"),
        new("segment rolled without a seal", nameof(ServiceBreakage.NoSeal), "roll"),
        new("epoch begun anew in the next segment", nameof(ServiceBreakage.EpochBegunAnew), "roll"),
        new("claim not carried by whoever finishes a dead run's roll", "rollClaim", "roll"),
        new("sealed segment claimed", "sealedClaim", "roll"),
        new("next segment created without If-None-Match", nameof(ServiceBreakage.SegmentCreatedTwice), "roll", "roll-foreign"),
        new("post in doubt sent again unlooked", "inDoubt", "finish"),
    ];
}
