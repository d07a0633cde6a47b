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
    private static readonly BlobPath Second = TranscriptPaths.Segment(TurnFixture.Session, 1);

    [Fact]
    public void AppendAsync_WhenTheSegmentIsFull_SealsItAndGoesOnInTheNext() => TurnFixture.Run(async fixture =>
    {
        fixture.Transcripts.RollAtBlocks = 2;
        var tap = new BlobTap();
        using var transcript = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);

        foreach (var id in new[] { "1", "2", "3" })
        {
            (await transcript.AppendAsync([Lines.Custom(null, id: id)], None)).ShouldBe(FencedOutcome.Appended.Instance);
        }

        (fixture.Snapshot(0)!.IsSealed, fixture.Snapshot(1)!.IsSealed, fixture.SegmentCount()).ShouldBe((true, false, 2));
        Encoding.UTF8.GetString(fixture.Bytes(1))
            .ShouldContain(
                "\"segment\":1,\"continues\":{\"segment\":0,\"lastId\":\"2\"}}\n{\"type\":\"custom\",\"id\":\"3\",\"parentId\":\"2\"");
        fixture.Claim()
            .ShouldBe(OwnershipMetadata.FromMetadata(fixture.Snapshot(0)!.Metadata)! with { Segment = 1 }, "the claim is carried over");
        (fixture.Snapshot(0)!.IsLeased, fixture.Snapshot(1)!.IsLeased).ShouldBe((false, true));
        transcript.Path.ShouldBe(Second);
        transcript.LastVerdict.ShouldBeNull("no append was refused");
        tap.Calls.Count(call => call.Verb is BlobVerb.Seal or BlobVerb.CreateAppend or BlobVerb.AcquireLease or BlobVerb.ReleaseLease)
            .ShouldBe(7, "the claim's three, and the roll's four");
    });

    [Fact]
    public void AppendAsync_WhenOthersFilledTheSegment_RollsInsteadOfEnding() => TurnFixture.Run(
        async fixture =>
        {
            using var transcript = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
            await transcript.AppendAsync([Lines.User(null, id: "1")], None);
            for (var number = 0; number < 3; number++)
            {
                await fixture.WriteBesideAsync(Lines.Custom(null, id: $"side{number}"));
            }

            (await transcript.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBe(FencedOutcome.Appended.Instance);

            fixture.Entries().Select(entry => entry.Id.Value).ShouldBe(["1", "side0", "side1", "side2", "2"]);
            fixture.SegmentCount().ShouldBe(2);
        },
        maxBlocks: 4);

    [Theory]
    [InlineData(BlobVerb.CreateAppend)]
    [InlineData(BlobVerb.AcquireLease)]
    public void AppendAsync_WhenALaterExecutionOvertakesItInTheRoll_TheOlderWritesNothingMore(BlobVerb heldAt) =>
        TurnFixture.Run(async fixture =>
    {
        fixture.Transcripts.RollAtBlocks = 2;
        var (tap, goOn) = (new BlobTap(), new TaskCompletionSource());
        using var older = await FilledAsync(fixture, tap);
        tap.HoldBefore = (call, _) => call.Verb == heldAt && call.Name == Second.Value ? goOn.Task : null;
        var append = older.AppendAsync([Lines.Part(null, id: "late")], None);
        await fixture.PassAsync(TimeSpan.FromSeconds(1));

        using var newer = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        goOn.SetResult();

        (await append).ShouldBeOfType<FencedOutcome.Superseded>();
        (await newer.AppendAsync([Lines.Assistant(null, id: "3")], None)).ShouldBe(FencedOutcome.Appended.Instance);
        (newer.Identity.Segment, newer.Identity.Epoch).ShouldBe((1, 2L));
        fixture.Entries().Select(entry => entry.Id.Value).ShouldBe(["1", "2", "3"]);
    });

    [Theory]
    [InlineData(BlobVerb.CreateAppend)]
    [InlineData(BlobVerb.AcquireLease)]
    public void ClaimAsync_WhenTheHolderIsRolling_WaitsAndDoesNotOvertakeIt(BlobVerb heldAt) => TurnFixture.Run(async fixture =>
    {
        fixture.Transcripts.RollAtBlocks = 2;
        var (tap, goOn) = (new BlobTap(), new TaskCompletionSource());
        using var owner = await FilledAsync(fixture, tap);
        tap.HoldBefore = (call, _) => call.Verb == heldAt && call.Name == Second.Value ? goOn.Task : null;
        var append = owner.AppendAsync([Lines.Part(null, id: "3")], None);

        (await fixture.Start().Claimer.ClaimAsync(
            TurnFixture.RunOf("b"), TurnFixture.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Busy>();

        goOn.SetResult();
        (await append).ShouldBe(FencedOutcome.Appended.Instance);
        fixture.Claim()!.RunId.ShouldBe(TurnFixture.RunOf("a").Value);
    });

    [Theory]
    [InlineData(BlobVerb.CreateAppend)]
    [InlineData(BlobVerb.AcquireLease)]
    [InlineData(BlobVerb.Append)]
    public void ClaimAsync_WhenTheRollerDied_GoesOnInTheNextSegmentAfterItsEpoch(BlobVerb diedAt) => TurnFixture.Run(async fixture =>
    {
        fixture.Transcripts.RollAtBlocks = 2;
        fixture.Leases.ClaimWait = TimeSpan.FromSeconds(70);
        var tap = new BlobTap();
        using var dead = await FilledAsync(fixture, tap);
        tap.Plan = (call, _) => call.Verb == diedAt && call.Name == Second.Value ? TapAction.CrashBefore : TapAction.Pass;
        await Should.ThrowAsync<CrashException>(() => dead.AppendAsync([Lines.Part(null, id: "3")], None));

        using var next = await fixture.Start().ClaimAsync(TurnFixture.RunOf("b"), TurnFixture.Session);

        (next.Identity.Segment, next.Identity.Epoch).ShouldBe((1, 2L));
        next.Conversation.Entries.Select(entry => entry.Id.Value).ShouldBe(["1", "2"]);
    });

    [Fact]
    public void ClaimAsync_WhenAnotherRunWentOnInALaterSegment_SaysThatItWasTakenOver() => TurnFixture.Run(async fixture =>
    {
        fixture.Transcripts.RollAtBlocks = 2;
        using var first = await FilledAsync(fixture, new BlobTap(), TurnFixture.RunOf("a").Turn);
        using var other = await fixture.TakeOverAsync("b");
        await other.AppendAsync([Lines.Assistant(null, id: "3")], None);
        await other.AppendAsync([Lines.Assistant(null, id: "4")], None);
        await other.ReleaseAsync();

        (await fixture.Start().Claimer.ClaimAsync(
            TurnFixture.RunOf("a"), TurnFixture.Session, 0, None)).ShouldBeOfType<ClaimOutcome.TakenOver>()
            .Verdict.Reason.ShouldBe(TakeoverReason.OtherRunClaimed);
    });

    [Fact]
    public void ClaimAsync_WhenTheSessionEndedByAReset_SaysSoAndCreatesNothing() => TurnFixture.Run(async fixture =>
    {
        using var transcript = await fixture.TakeOverAsync("a");
        await transcript.AppendAsync([Lines.User(null, id: "1")], None);
        var now = fixture.Snapshot(0)!;
        var end = OwnershipMetadata.FromMetadata(now.Metadata)! with { RunId = OwnershipMetadata.EndPrefix + "2", Epoch = 2 };
        var ended =
            (BlobWriteOutcome.Written)await fixture.Outside.SetMetadataAsync(
                TurnFixture.Segment, end.ToMetadata(), now.ETag, fixture.Leases.LeaseOf(TurnFixture.RunOf("a")), None);
        await fixture.Outside.SealAsync(TurnFixture.Segment, ended.ETag, fixture.Leases.LeaseOf(TurnFixture.RunOf("a")), None);

        (await fixture.Start().Claimer.ClaimAsync(TurnFixture.RunOf("b"), TurnFixture.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Ended>(
            "while it is held");
        await fixture.Outside.BreakLeaseAsync(TurnFixture.Segment, None);
        (await fixture.Start().Claimer.ClaimAsync(TurnFixture.RunOf("b"), TurnFixture.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Ended>(
            "when it is free");
        fixture.SegmentCount().ShouldBe(1);
    });

    [Fact]
    public void AppendAsync_WhenANewAttemptBeginsOnAFullSegment_ClaimsInTheNext() => TurnFixture.Run(async fixture =>
    {
        fixture.Transcripts.RollAtBlocks = 2;
        using var transcript = await FilledAsync(fixture, new BlobTap());

        (await transcript.NextAttemptAsync(None)).ShouldBe(FencedOutcome.Appended.Instance);

        var claim = fixture.Claim().ShouldNotBeNull();
        (claim.RunId, claim.Attempt, claim.Epoch, claim.Segment).ShouldBe((TurnFixture.RunOf("a").Value, 2, 2L, 1));
        (await transcript.AppendAsync([Lines.Assistant(null, id: "3")], None)).ShouldBe(FencedOutcome.Appended.Instance);
    });

    [Fact]
    public void FlushAsync_WhenTheRecordIsBehind_WritesIntoTheActiveSegment() => TurnFixture.Run(async fixture =>
    {
        fixture.Transcripts.RollAtBlocks = 2;
        using (var transcript = await FilledAsync(fixture, new BlobTap()))
        {
            await transcript.AppendAsync([Lines.Custom(null, id: "3")], None);
            await transcript.ReleaseAsync();
        }

        var process = fixture.Start();
        await process.Inbox.AddSideEntryAsync(
            TurnFixture.Key, DeliveryId.Parse("side:1"), fixture.Clock.GetUtcNow(), TurnFixture.Lines(Lines.Custom(null)), None);

        (await process.SideWriter.FlushAsync(TurnFixture.Key, (await process.Sessions.FindAsync(TurnFixture.Key, None))!, None))
            .ShouldBeTrue();

        fixture.Entries()[^1].Id.ShouldBe(EntryId.OfDelivery(DeliveryId.Parse("side:1").Hash));
        fixture.Entries()[^1].ParentId!.Value.ShouldBe("3");
        fixture.Snapshot(1)!.IsLeased.ShouldBeFalse();
    });

    [Fact]
    public void ReadAsync_WhenTheProcessIsCold_SeesWhatAWarmOneSees() => TurnFixture.Run(async fixture =>
    {
        fixture.Transcripts.RollAtBlocks = 2;
        var warm = fixture.Start();
        using var transcript = await warm.ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        for (var number = 1; number <= 7; number++)
        {
            await transcript.AppendAsync([Lines.Custom(null, id: $"{number}")], None);
        }

        foreach (var hint in new[] { 0, 1, 3 })
        {
            var (seen, known) =
                ((await fixture.Start().Reader.ReadAsync(TurnFixture.Session, hint, None))!,
                (await warm.Reader.ReadAsync(TurnFixture.Session, hint, None))!);
            seen.Conversation.Entries.ShouldBe(known.Conversation.Entries);
            seen.Conversation.Entries.Select(entry => entry.Id.Value).ShouldBe(["1", "2", "3", "4", "5", "6", "7"]);
            (seen.Segment, seen.Length, seen.IsSealed).ShouldBe((3, known.Length, false));
        }
    });

    [Fact]
    public void ReadAsync_WhenTheProcessIsWarm_AsksOnceThoughTheHintIsOld() => TurnFixture.Run(async fixture =>
    {
        fixture.Transcripts.RollAtBlocks = 2;
        var tap = new BlobTap();
        var process = fixture.Start(tap);
        using var transcript = await process.ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        for (var number = 1; number <= 5; number++)
        {
            await transcript.AppendAsync([Lines.Custom(null, id: $"{number}")], None);
        }

        var before = tap.Calls.Count;
        await process.Reader.ReadAsync(TurnFixture.Session, 0, None);

        (tap.Calls.Count - before).ShouldBe(1);
    });

    [Fact]
    public void AdvanceAsync_WhenCalled_MovesOnAndNeverBack() => TurnFixture.Run(async fixture =>
    {
        var sessions = fixture.Start().Sessions;

        await sessions.AdvanceAsync(TurnFixture.Key, TurnFixture.Session, 2, None);
        await sessions.AdvanceAsync(TurnFixture.Key, TurnFixture.Session, 1, None);
        await sessions.AdvanceAsync(TurnFixture.Key, Holdfast.Sessions.SessionId.Parse(new string('2', 32)), 9, None);

        (await sessions.FindAsync(TurnFixture.Key, None))!.ActiveSegment.ShouldBe(2);
    });

    /// <summary>Two entries stand, and with them the segment is full.</summary>
    private static async Task<FencedTranscript> FilledAsync(TurnFixture fixture, BlobTap tap, Holdfast.Sessions.TurnId? turn = null)
    {
        var transcript = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await transcript.AppendAsync([Lines.User(null, id: turn is null ? "1" : EntryId.OfMessage(turn).Value)], None);
        await transcript.AppendAsync([Lines.Part(null, id: "2")], None);
        return transcript;
    }
}
