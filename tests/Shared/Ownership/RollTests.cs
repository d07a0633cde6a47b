using System.Text;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Ownership;

/// <summary>From one segment into the next: by its owner, by whoever finds a dead roller's seal, and for those who read and wait.</summary>
public sealed class RollTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly BlobPath Second = TranscriptPaths.Segment(TurnRig.Session, 1);

    [Fact]
    public void AppendAsync_WhenTheSegmentIsFull_SealsItAndGoesOnInTheNext() => TurnRig.Run(async rig =>
    {
        rig.Transcripts.RollAtBlocks = 2;
        var tap = new BlobTap();
        using var transcript = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);

        foreach (var id in new[] { "1", "2", "3" })
        {
            (await transcript.AppendAsync([Lines.Custom(null, id: id)], None)).ShouldBe(FencedOutcome.Appended.Instance);
        }

        (rig.Snapshot(0)!.IsSealed, rig.Snapshot(1)!.IsSealed, rig.SegmentCount()).ShouldBe((true, false, 2));
        Encoding.UTF8.GetString(rig.Bytes(1)).ShouldContain("\"segment\":1,\"continues\":{\"segment\":0,\"lastId\":\"2\"}}\n{\"type\":\"custom\",\"id\":\"3\",\"parentId\":\"2\"");
        rig.Claim().ShouldBe(ClaimStamp.FromMetadata(rig.Snapshot(0)!.Metadata)! with { Segment = 1 }, "the claim is carried over");
        (rig.Snapshot(0)!.IsLeased, rig.Snapshot(1)!.IsLeased).ShouldBe((false, true));
        transcript.Path.ShouldBe(Second);
        transcript.LastVerdict.ShouldBeNull("no append was refused");
        tap.Calls.Count(call => call.Verb is BlobVerb.Seal or BlobVerb.CreateAppend or BlobVerb.AcquireLease or BlobVerb.ReleaseLease)
            .ShouldBe(7, "the claim's three, and the roll's four");
    });

    [Fact]
    public void AppendAsync_WhenOthersFilledTheSegment_RollsInsteadOfEnding() => TurnRig.Run(
        async rig =>
        {
            using var transcript = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
            await transcript.AppendAsync([Lines.User(null, id: "1")], None);
            for (var number = 0; number < 3; number++)
            {
                await rig.WriteBesideAsync(Lines.Custom(null, id: $"side{number}"));
            }

            (await transcript.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBe(FencedOutcome.Appended.Instance);

            rig.Entries().Select(entry => entry.Id.Value).ShouldBe(["1", "side0", "side1", "side2", "2"]);
            rig.SegmentCount().ShouldBe(2);
        },
        maxBlocks: 4);

    [Theory]
    [InlineData(BlobVerb.CreateAppend)]
    [InlineData(BlobVerb.AcquireLease)]
    public void AppendAsync_WhenALaterExecutionOvertakesItInTheRoll_TheOlderWritesNothingMore(BlobVerb heldAt) => TurnRig.Run(async rig =>
    {
        rig.Transcripts.RollAtBlocks = 2;
        var (tap, goOn) = (new BlobTap(), new TaskCompletionSource());
        using var older = await FilledAsync(rig, tap);
        tap.HoldBefore = (call, _) => call.Verb == heldAt && call.Name == Second.Value ? goOn.Task : null;
        var append = older.AppendAsync([Lines.Part(null, id: "late")], None);
        await rig.PassAsync(TimeSpan.FromSeconds(1));

        using var newer = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        goOn.SetResult();

        (await append).ShouldBeOfType<FencedOutcome.Superseded>();
        (await newer.AppendAsync([Lines.Assistant(null, id: "3")], None)).ShouldBe(FencedOutcome.Appended.Instance);
        (newer.Identity.Segment, newer.Identity.Epoch).ShouldBe((1, 2L));
        rig.Entries().Select(entry => entry.Id.Value).ShouldBe(["1", "2", "3"]);
    });

    [Theory]
    [InlineData(BlobVerb.CreateAppend)]
    [InlineData(BlobVerb.AcquireLease)]
    public void ClaimAsync_WhenTheHolderIsRolling_WaitsAndDoesNotOvertakeIt(BlobVerb heldAt) => TurnRig.Run(async rig =>
    {
        rig.Transcripts.RollAtBlocks = 2;
        var (tap, goOn) = (new BlobTap(), new TaskCompletionSource());
        using var owner = await FilledAsync(rig, tap);
        tap.HoldBefore = (call, _) => call.Verb == heldAt && call.Name == Second.Value ? goOn.Task : null;
        var append = owner.AppendAsync([Lines.Part(null, id: "3")], None);

        (await rig.Start().Claimer.ClaimAsync(TurnRig.RunOf("b"), TurnRig.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Busy>();

        goOn.SetResult();
        (await append).ShouldBe(FencedOutcome.Appended.Instance);
        rig.Claim()!.RunId.ShouldBe(TurnRig.RunOf("a").Value);
    });

    [Theory]
    [InlineData(BlobVerb.CreateAppend)]
    [InlineData(BlobVerb.AcquireLease)]
    [InlineData(BlobVerb.Append)]
    public void ClaimAsync_WhenTheRollerDied_GoesOnInTheNextSegmentAfterItsEpoch(BlobVerb diedAt) => TurnRig.Run(async rig =>
    {
        rig.Transcripts.RollAtBlocks = 2;
        rig.Leases.ClaimWait = TimeSpan.FromSeconds(70);
        var tap = new BlobTap();
        using var dead = await FilledAsync(rig, tap);
        tap.Plan = (call, _) => call.Verb == diedAt && call.Name == Second.Value ? TapAction.CrashBefore : TapAction.Pass;
        await Should.ThrowAsync<CrashException>(() => dead.AppendAsync([Lines.Part(null, id: "3")], None));

        using var next = await rig.Start().ClaimAsync(TurnRig.RunOf("b"), TurnRig.Session);

        (next.Identity.Segment, next.Identity.Epoch).ShouldBe((1, 2L));
        next.Conversation.Entries.Select(entry => entry.Id.Value).ShouldBe(["1", "2"]);
    });

    [Fact]
    public void ClaimAsync_WhenAnotherRunWentOnInALaterSegment_SaysThatItWasTakenOver() => TurnRig.Run(async rig =>
    {
        rig.Transcripts.RollAtBlocks = 2;
        using var first = await FilledAsync(rig, new BlobTap(), TurnRig.RunOf("a").Turn);
        using var other = await rig.TakeOverAsync("b");
        await other.AppendAsync([Lines.Assistant(null, id: "3")], None);
        await other.AppendAsync([Lines.Assistant(null, id: "4")], None);
        await other.ReleaseAsync();

        (await rig.Start().Claimer.ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session, 0, None)).ShouldBeOfType<ClaimOutcome.TakenOver>()
            .Verdict.Reason.ShouldBe(TakeoverReason.OtherRunClaimed);
    });

    [Fact]
    public void ClaimAsync_WhenTheSessionEndedByAReset_SaysSoAndCreatesNothing() => TurnRig.Run(async rig =>
    {
        using var transcript = await rig.TakeOverAsync("a");
        await transcript.AppendAsync([Lines.User(null, id: "1")], None);
        var now = rig.Snapshot(0)!;
        var end = ClaimStamp.FromMetadata(now.Metadata)! with { RunId = ClaimStamp.EndPrefix + "2", Epoch = 2 };
        var ended = (BlobWriteOutcome.Written)await rig.Outside.SetMetadataAsync(TurnRig.Segment, end.ToMetadata(), now.ETag, rig.Leases.LeaseOf(TurnRig.RunOf("a")), None);
        await rig.Outside.SealAsync(TurnRig.Segment, ended.ETag, rig.Leases.LeaseOf(TurnRig.RunOf("a")), None);

        (await rig.Start().Claimer.ClaimAsync(TurnRig.RunOf("b"), TurnRig.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Ended>("while it is held");
        await rig.Outside.BreakLeaseAsync(TurnRig.Segment, None);
        (await rig.Start().Claimer.ClaimAsync(TurnRig.RunOf("b"), TurnRig.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Ended>("when it is free");
        rig.SegmentCount().ShouldBe(1);
    });

    [Fact]
    public void AppendAsync_WhenANewAttemptBeginsOnAFullSegment_ClaimsInTheNext() => TurnRig.Run(async rig =>
    {
        rig.Transcripts.RollAtBlocks = 2;
        using var transcript = await FilledAsync(rig, new BlobTap());

        (await transcript.NextAttemptAsync(None)).ShouldBe(FencedOutcome.Appended.Instance);

        var claim = rig.Claim().ShouldNotBeNull();
        (claim.RunId, claim.Attempt, claim.Epoch, claim.Segment).ShouldBe((TurnRig.RunOf("a").Value, 2, 2L, 1));
        (await transcript.AppendAsync([Lines.Assistant(null, id: "3")], None)).ShouldBe(FencedOutcome.Appended.Instance);
    });

    [Fact]
    public void FlushAsync_WhenTheRecordIsBehind_WritesIntoTheActiveSegment() => TurnRig.Run(async rig =>
    {
        rig.Transcripts.RollAtBlocks = 2;
        using (var transcript = await FilledAsync(rig, new BlobTap()))
        {
            await transcript.AppendAsync([Lines.Custom(null, id: "3")], None);
            await transcript.ReleaseAsync();
        }

        var process = rig.Start();
        await process.Inbox.AddSideEntryAsync(TurnRig.Key, DeliveryId.Parse("side:1"), rig.Clock.GetUtcNow(), TurnRig.Lines(Lines.Custom(null)), None);

        (await process.SideWriter.FlushAsync(TurnRig.Key, (await process.Sessions.FindAsync(TurnRig.Key, None))!, None)).ShouldBeTrue();

        rig.Entries()[^1].Id.ShouldBe(EntryId.OfDelivery(DeliveryId.Parse("side:1").Hash));
        rig.Entries()[^1].ParentId!.Value.ShouldBe("3");
        rig.Snapshot(1)!.IsLeased.ShouldBeFalse();
    });

    [Fact]
    public void ReadAsync_WhenTheProcessIsCold_SeesWhatAWarmOneSees() => TurnRig.Run(async rig =>
    {
        rig.Transcripts.RollAtBlocks = 2;
        var warm = rig.Start();
        using var transcript = await warm.ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        for (var number = 1; number <= 7; number++)
        {
            await transcript.AppendAsync([Lines.Custom(null, id: $"{number}")], None);
        }

        foreach (var hint in new[] { 0, 1, 3 })
        {
            var (seen, known) = ((await rig.Start().Reader.ReadAsync(TurnRig.Session, hint, None))!, (await warm.Reader.ReadAsync(TurnRig.Session, hint, None))!);
            seen.Conversation.Entries.ShouldBe(known.Conversation.Entries);
            seen.Conversation.Entries.Select(entry => entry.Id.Value).ShouldBe(["1", "2", "3", "4", "5", "6", "7"]);
            (seen.Segment, seen.Length, seen.IsSealed).ShouldBe((3, known.Length, false));
        }
    });

    [Fact]
    public void ReadAsync_WhenTheProcessIsWarm_AsksOnceThoughTheHintIsOld() => TurnRig.Run(async rig =>
    {
        rig.Transcripts.RollAtBlocks = 2;
        var tap = new BlobTap();
        var process = rig.Start(tap);
        using var transcript = await process.ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        for (var number = 1; number <= 5; number++)
        {
            await transcript.AppendAsync([Lines.Custom(null, id: $"{number}")], None);
        }

        var before = tap.Calls.Count;
        await process.Reader.ReadAsync(TurnRig.Session, 0, None);

        (tap.Calls.Count - before).ShouldBe(1);
    });

    [Fact]
    public void AdvanceAsync_WhenCalled_MovesOnAndNeverBack() => TurnRig.Run(async rig =>
    {
        var sessions = rig.Start().Sessions;

        await sessions.AdvanceAsync(TurnRig.Key, TurnRig.Session, 2, None);
        await sessions.AdvanceAsync(TurnRig.Key, TurnRig.Session, 1, None);
        await sessions.AdvanceAsync(TurnRig.Key, Holdfast.Sessions.SessionId.Parse(new string('2', 32)), 9, None);

        (await sessions.FindAsync(TurnRig.Key, None))!.ActiveSegment.ShouldBe(2);
    });

    /// <summary>Two entries stand, and with them the segment is full.</summary>
    private static async Task<FencedTranscript> FilledAsync(TurnRig rig, BlobTap tap, Holdfast.Sessions.TurnId? turn = null)
    {
        var transcript = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        await transcript.AppendAsync([Lines.User(null, id: turn is null ? "1" : EntryId.OfMessage(turn).Value)], None);
        await transcript.AppendAsync([Lines.Part(null, id: "2")], None);
        return transcript;
    }
}
