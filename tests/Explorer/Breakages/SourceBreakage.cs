using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Ownership.Leases;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Holdfast.Turns.Control;
using Holdfast.Turns;
using Holdfast.Turns.Steps;

namespace Holdfast.Tests.Explorer.Breakages;

/// <summary>A place of the real source, named by symbols, and what stands there while the breakage is on.</summary>
/// <param name="Broken">
/// C#: <c>{on}</c> is the switch, <c>{it}</c> the place itself. At the start of a method it comes before everything else, and
/// <c>{0}</c> is the name of the method's first parameter.
/// </param>
internal sealed record SourceBreakage(string Name, CodePlace Place, string Broken)
{
    /// <summary>Those that the code alone can show. A <see cref="ServiceBreakage"/> needs no source, and is better where it does.</summary>
    public static IReadOnlyList<SourceBreakage> All { get; } =
    [
        new(
            "epoch",
            CodePlace.Argument(typeof(OwnershipMetadata), nameof(OwnershipMetadata.Epoch)).In(typeof(SessionClaimer)),
            "({it}) - ({on} ? 1 : 0)"),
        new(
            "ownIds",
            CodePlace.Call(typeof(Conversation), nameof(Conversation.Find)).In(typeof(FencedTranscript)).Each(),
            "({on} ? null : {it})"),
        new("stub", Benign, "if ({on} && {0} is TranscriptEntry.AssistantMessage { IsStub: true }) { return false; }"),
        new(
            "mirror",
            Benign,
            """
            if ({on} && {0}.Provenance?.Source is EntrySource.Mirror or EntrySource.Inject or EntrySource.Side or EntrySource.Control)
            {
                return false;
            }
            """),
        new(
            "user",
            Benign,
            """
            if ({on} && {0} is TranscriptEntry.UserMessage or TranscriptEntry.AssistantMessage or TranscriptEntry.ToolResult)
            {
                return true;
            }
            """),
        new(
            "claim",
            CodePlace.Return(typeof(TakeoverReason), nameof(TakeoverReason.OtherRunClaimed))
                .In(typeof(ConflictPolicy)).NotIn(nameof(ConflictPolicy.DecideReturn)),
            "{ if ({on}) { return null; } {it} }"),
        new("zombie", CodePlace.Start(typeof(FencedSteps), "SuccessorAsync"), "if ({on}) { return null; }"),
        new(
            "latePart",
            CodePlace.Start(typeof(FencedTranscript), nameof(FencedTranscript.AppendAsync), parameters: 2),
            """
            if ({on} && {0}.OfType<TranscriptEntry.AssistantMessage>().FirstOrDefault(entry => !entry.IsStub) is { } committed)
            {
                var late = new TranscriptEntry.StreamedText(0, "alpha ") { Id = EntryId.Parse("late"), WrittenAt = committed.WrittenAt };
                {0} = [.. {0}, late];
            }
            """),
        new(
            "sharedLease",
            CodePlace.Start(typeof(LeaseOptions), nameof(LeaseOptions.LeaseOf)),
            """if ({on}) { return LeaseId.Parse(StableHash.Of("lease", {0}.Value)); }"""),
        new(
            "rollClaim",
            CodePlace.With(typeof(OwnershipMetadata)).In(typeof(SessionClaimer)),
            "({on} ? OwnershipMetadata.Unclaimed(({it}).SessionId, ({it}).Segment) : {it})"),
        new(
            "sealedClaim",
            CodePlace.Read(typeof(TranscriptView), nameof(TranscriptView.IsSealed)).In(typeof(SessionClaimer)).Each(),
            "({it} && !{on})"),
        new(
            "breakNote",
            CodePlace.Statement(typeof(InboxStore), nameof(InboxStore.AddSideEntryAsync)).In(typeof(LeaseBreaker)),
            "if (!{on}) { {it} }"),
        new(
            "outage",
            CodePlace.Start(typeof(StorageOutage), nameof(StorageOutage.OutlastAsync)),
            "if ({on}) { return await {0}(); }"),
        new(
            "sideTwice",
            CodePlace.Call(typeof(HashSet<>), nameof(HashSet<>.Add)).In(typeof(PendingEntryFlusher)),
            "({it} || {on})"),
        new(
            "closedAnswer",
            CodePlace.Call(typeof(SessionOwnership), "ReadAsync").Beside(typeof(SessionOwnership), "MoveOnAsync"),
            "({on} ? null : {it})"),
        new(
            "inDoubt",
            CodePlace.Call(typeof(IReplyChannel), nameof(IReplyChannel.FindAsync)).In(typeof(Deliverer)),
            "({on} ? null : {it})"),
    ];

    /// <summary>What counts as written by anybody; not public, so its name stands here as text.</summary>
    private static CodePlace Benign => CodePlace.Start(typeof(ConflictPolicy), "IsBenign");
}
