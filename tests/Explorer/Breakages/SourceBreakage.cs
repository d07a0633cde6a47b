namespace Holdfast.Tests.Explorer.Breakages;

/// <summary>One place of the real source, and what stands there instead while the breakage is switched on.</summary>
/// <param name="File">Below src/Shared.</param>
/// <param name="Original">Stands in the file exactly once, or the breakage no longer fits the code.</param>
/// <param name="Broken">The same with the breakage; <c>{on}</c> is the switch.</param>
internal sealed record SourceBreakage(string Name, string File, string Original, string Broken);

/// <summary>A deliberate breakage of the real code, and where it must be seen.</summary>
/// <param name="Switch">A <see cref="ServiceBreakage"/>, or the name of a <see cref="SourceBreakage"/>.</param>
internal sealed record Breakage(string Name, string Switch, string Families);

/// <summary>The breakages that the explorer proves itself on.</summary>
internal static class BreakageList
{
    public static IReadOnlyList<SourceBreakage> Sources { get; } =
    [
        new("epoch", "Ownership/SessionClaimer.cs", "attempt, standing.Epoch + 1, session", "attempt, {on} ? standing.Epoch : standing.Epoch + 1, session"),
        new(
            "ownIds", "Ownership/FencedTranscript.cs", "remaining = remaining.RemoveAll(entry => Conversation.Find(entry.Id) is not null);",
            "if (!{on}) { remaining = remaining.RemoveAll(entry => Conversation.Find(entry.Id) is not null); }"),
        new("stub", "Ownership/ConflictPolicy.cs", "TranscriptEntry.AssistantMessage { IsStub: true } => true,", "TranscriptEntry.AssistantMessage { IsStub: true } => !{on},"),
        new(
            "mirror", "Ownership/ConflictPolicy.cs", "{ Provenance.Source: EntrySource.Mirror or EntrySource.Inject or EntrySource.Side or EntrySource.Control } => true,",
            "{ Provenance.Source: EntrySource.Mirror or EntrySource.Inject or EntrySource.Side or EntrySource.Control } => !{on},"),
        new(
            "user", "Ownership/ConflictPolicy.cs", "TranscriptEntry.UserMessage or TranscriptEntry.AssistantMessage or TranscriptEntry.ToolResult => false,",
            "TranscriptEntry.UserMessage or TranscriptEntry.AssistantMessage or TranscriptEntry.ToolResult => {on},"),
        new(
            "claim", "Ownership/ConflictPolicy.cs", "if (claim.RunId != ours.Run.Value)",
            "if ({on} && claim.RunId != ours.Run.Value) { return null; } if (claim.RunId != ours.Run.Value)"),
        new(
            "zombie", "Turns/Steps/FencedSteps.cs", "var view = await SuccessorAsync(work.Turn, work.Step, cancellationToken);",
            "var view = {on} ? null : await SuccessorAsync(work.Turn, work.Step, cancellationToken);"),
        new(
            "latePart", "Turns/Steps/ModelAnswer.cs", "return outcome is FencedOutcome.Appended ? work.Answered(answer) : null;",
            "if ({on}) { await work.Transcript.AppendAsync([new TranscriptEntry.StreamedText(work.Step, \"alpha \") { Id = EntryId.Parse(\"late\"), "
            + "WrittenAt = clock.GetUtcNow() }], cancellationToken); } return outcome is FencedOutcome.Appended ? work.Answered(answer) : null;"),
        new(
            "sharedLease", "Ownership/Leases/LeaseOptions.cs", "StableHash.Of(\"lease\", run.Value, Deployment)",
            "{on} ? StableHash.Of(\"lease\", run.Value) : StableHash.Of(\"lease\", run.Value, Deployment)"),
        new(
            "rollUnsealed", "Ownership/FencedTranscript.Roll.cs", "var outcome = await _dependencies.Blobs.SealAsync(Path, _position.ETag, Lease, cancellationToken);",
            "BlobWriteOutcome outcome = {on} ? new BlobWriteOutcome.Written(_position.ETag, _position.Length) : await _dependencies.Blobs.SealAsync(Path, _position.ETag, Lease, cancellationToken);"),
        new(
            "rollEpoch", "Ownership/FencedTranscript.Roll.cs", "(_claim with { Segment = next.Segment }).ToMetadata()",
            "(_claim with { Segment = next.Segment, Epoch = {on} ? 0 : _claim.Epoch }).ToMetadata()"),
        new("rollClaim", "Ownership/SessionClaimer.Segments.cs", "claim = standing with { Segment = segment };", "claim = {on} ? claim : standing with { Segment = segment };"),
        new("sealedClaim", "Ownership/SessionClaimer.cs", "if (view.IsSealed || view.Segment != segment)", "if ((view.IsSealed && !{on}) || view.Segment != segment)"),
        new(
            "resetSeal", "Ownership/Resets/SessionReset.cs", "return (await blobs.SealAsync(work.Path, etag, work.Lease, cancellationToken) is BlobWriteOutcome.Written, null);",
            "return ({on} || await blobs.SealAsync(work.Path, etag, work.Lease, cancellationToken) is BlobWriteOutcome.Written, null);"),
        new("resetClaim", "Ownership/Resets/SessionReset.cs", "if (standing.RunId != work.Name)", "if (!{on} && standing.RunId != work.Name)"),
        new(
            "breakNote", "Turns/Control/LeaseBreaker.cs", "await inbox.AddSideEntryAsync(key, delivery, clock.GetUtcNow(), LineOf(by, holder.Claim), cancellationToken);",
            "if (!{on}) { await inbox.AddSideEntryAsync(key, delivery, clock.GetUtcNow(), LineOf(by, holder.Claim), cancellationToken); }"),
        new("outage", "Storage/StorageOutage.cs", "when (clock.GetUtcNow() < until)", "when (!{on} && clock.GetUtcNow() < until)"),
        new("sideTwice", "Inbox/PendingEntryFlusher.cs", "if (seen.Add(item.DeliveryHash))", "if (seen.Add(item.DeliveryHash) || {on})"),
        new(
            "closedAnswer", "Turns/Steps/FencedSteps.cs", "if (await session.ReadAsync(turn, cancellationToken) is { } closed",
            "if (!{on} && await session.ReadAsync(turn, cancellationToken) is { } closed"),
        new("inDoubt", "Delivery/Deliverer.cs", "inDoubt: !isFirstPass,", "inDoubt: !isFirstPass && !{on},"),
    ];

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
        new("reset without a seal", "resetSeal", "reset"),
        new("reset that seals without a claim", "resetClaim", "reset,reset-turn"),
        new("answer asked for again that stood before a reset", "closedAnswer", "reset"),
        new("finished answer dropped when storage fails", "outage", "question"),
        new("side entry written twice that was left twice", "sideTwice", "waiting"),
        new("outbox intent created without If-None-Match", nameof(ServiceBreakage.OutboxCreatedTwice), "finish"),
        new("epoch not raised by a claim", "epoch", "zombie"),
        new("own entry ids not looked for", "ownIds", "zombie,finish"),
        new("stub judged foreign", "stub", "stub"),
        new("mirror judged foreign", "mirror", "mirror"),
        new("foreign user entry judged benign", "user", "question"),
        new("another run's claim not noticed", "claim", "foreign"),
        new("zombie answers first", "zombie", "zombie"),
        new("partial appended after the commit", "latePart", "zombie"),
        new("one lease id for all deployments", "sharedLease", "deployments"),
        new("segment rolled without a seal", "rollUnsealed", "roll"),
        new("epoch begun anew in the next segment", "rollEpoch", "roll"),
        new("claim not carried by whoever finishes a dead run's roll", "rollClaim", "roll"),
        new("sealed segment claimed", "sealedClaim", "roll"),
        new("next segment created without If-None-Match", nameof(ServiceBreakage.SegmentCreatedTwice), "roll,roll-foreign"),
        new("post in doubt sent again unlooked", "inDoubt", "finish"),
    ];
}
