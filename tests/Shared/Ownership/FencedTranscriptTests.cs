using Holdfast.Ownership;
using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Ownership;

public sealed class FencedTranscriptTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void AppendAsync_WhenNothingIsThere_WritesHeaderAndChainsParents() => TurnFixture.Run(async fixture =>
    {
        using var transcript = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);

        await transcript.AppendAsync([Lines.User(null, id: "1"), Lines.Assistant(null, id: "2")], None);
        await transcript.AppendAsync([Lines.Custom(null, id: "3")], None);

        fixture.Entries().Select(entry => entry.ParentId?.Value).ShouldBe([null, "1", "2"]);
        fixture.Entries().Select(entry => entry.Provenance!.Seq).ShouldBe([1, 2, 3]);
        System.Text.Encoding.UTF8.GetString(fixture.Bytes()).ShouldStartWith("{\"type\":\"session\",\"version\":3");
    });

    [Fact]
    public void AppendAsync_WhenTheIdStands_WritesItOnce() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        using var transcript = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await transcript.AppendAsync([Lines.User(null, id: "1")], None);

        (await transcript.AppendAsync([Lines.User(null, id: "1")], None)).ShouldBe(FencedOutcome.Appended.Instance);

        tap.CountOf(BlobVerb.Append).ShouldBe(1);
    });

    [Fact]
    public void S24_WhenTheAnswerOfAnAppendIsLost_ItIsOwnAndNotDoubled() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        using var transcript = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        tap.Plan = LoseFirst(BlobVerb.Append, TapAction.FaultAfter);

        (await transcript.AppendAsync([Lines.User(null, id: "1"), Lines.Custom(null, id: "2")], None))
            .ShouldBe(FencedOutcome.Appended.Instance);

        fixture.Entries().Select(entry => entry.Id.Value).ShouldBe(["1", "2"]);
        transcript.LastVerdict.ShouldBe("own");
    });

    [Fact]
    public void S24_WhenTheSdkRetriesIntoItsOwnSuccess_ItIsOwnAndNotDoubled() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        using var transcript = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        var entry = Lines.User(Lines.By(TurnFixture.RunOf("a").Value), id: "1");
        var lease = fixture.Leases.LeaseOf(TurnFixture.RunOf("a"));

        // The same bytes land first, as the SDK's first try; the second is refused by position and ETag.
        tap.Before = async (call, _) =>
        {
            if (call.Verb == BlobVerb.Append)
            {
                tap.Before = null;
                await fixture.AppendRawAsync(TurnFixture.Lines(entry), lease);
            }
        };

        (await transcript.AppendAsync([entry], None)).ShouldBe(FencedOutcome.Appended.Instance);
        fixture.Entries().ShouldHaveSingleItem();
        transcript.LastVerdict.ShouldBe("own");
    });

    [Fact]
    public void S17_WhenTheLeaseLapsedAndMetadataWasTouched_ContentDecides() => TurnFixture.Run(async fixture =>
    {
        using var transcript = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await transcript.AppendAsync([Lines.User(null, id: "1")], None);
        await fixture.PassAsync(TimeSpan.FromSeconds(90));
        var (now, lease) = ((await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, None))!, fixture.Ids.NewLeaseId());
        await fixture.Outside.AcquireLeaseAsync(TurnFixture.Segment, lease, TimeSpan.FromSeconds(15), None);
        await fixture.Outside.SetMetadataAsync(
            TurnFixture.Segment, OwnershipMetadata.FromMetadata(now.Metadata)!.ToMetadata(), now.ETag, lease, None);
        await fixture.Outside.ReleaseLeaseAsync(TurnFixture.Segment, lease, None);

        (await transcript.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBe(FencedOutcome.Appended.Instance);

        transcript.Verdicts.ShouldBe(new Dictionary<string, int> { ["clean"] = 1 });
        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, None))!.IsLeased.ShouldBeTrue("the lease is taken again");
    });

    [Fact]
    public void S12_WhenBenignEntriesStand_TheyAreAdoptedAndTheWriteFollowsThem() => TurnFixture.Run(async fixture =>
    {
        using var transcript = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await fixture.WriteBesideAsync(
            Lines.ModelChange(Lines.By("op", EntrySource.Control)), Lines.Other("label", null), Lines.Custom(null, id: "c"));

        (await transcript.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBe(FencedOutcome.Appended.Instance);

        fixture.Entries()[^1].ParentId.ShouldBe(EntryId.Parse("c"));
        transcript.Conversation.Entries.Count.ShouldBe(4);
        transcript.LastVerdict.ShouldBe("benign");
    });

    [Fact]
    public void AppendAsync_WhenASideWriterWroteTheSameEntry_DoesNotWriteItAgain() => TurnFixture.Run(async fixture =>
    {
        using var transcript = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        var side = Lines.Custom(Lines.By("side", EntrySource.Side), id: "same");
        await fixture.WriteBesideAsync(side);

        await transcript.AppendAsync([side, Lines.Assistant(null, id: "2")], None);

        fixture.Entries().Select(entry => entry.Id.Value).ShouldBe(["same", "2"]);
    });

    [Fact]
    public void S30_WhenALaterAttemptClaimed_StorageItselfRefusesTheZombie() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        using var zombie = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await zombie.AppendAsync([Lines.User(null, id: "1")], None);
        using var successor = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        var (before, calls) = (fixture.Bytes(), tap.Calls.Count);

        var outcome = await zombie.AppendAsync([Lines.Assistant(null, id: "2")], None);

        outcome.ShouldBeOfType<FencedOutcome.Superseded>().Verdict.ByAttempt.ShouldBe(2);
        tap.Calls[calls].Verb.ShouldBe(BlobVerb.Append, "I8: the first thing it did was the write itself, and storage refused it");
        fixture.Bytes().ShouldBe(before);
        zombie.Ended.IsCancellationRequested.ShouldBeTrue();
        await zombie.ReleaseAsync();
        tap.CountOf(BlobVerb.ReleaseLease).ShouldBe(0, "the lease is its successor's");
        (await successor.AppendAsync([Lines.Assistant(null, id: "3")], None)).ShouldBe(FencedOutcome.Appended.Instance);
        successor.LastVerdict.ShouldBeNull("the zombie left no trace");
    });

    [Fact]
    public void AppendAsync_WhenAnotherRunClaimed_EndsAndNothingMoreIsWritten() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        using var ours = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await ours.AppendAsync([Lines.User(null, id: "1")], None);
        using var theirs = await fixture.TakeOverAsync("b");

        (await ours.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBeOfType<FencedOutcome.TakenOver>()
            .Verdict.Reason.ShouldBe(TakeoverReason.OtherRunClaimed);
        var calls = tap.Calls.Count;
        (await ours.AppendAsync([Lines.Assistant(null, id: "3")], None)).ShouldBeOfType<FencedOutcome.TakenOver>();
        (await ours.NextAttemptAsync(None)).ShouldBeOfType<FencedOutcome.TakenOver>();

        tap.Calls.Count.ShouldBe(calls, "not even tried");
        ours.Ended.IsCancellationRequested.ShouldBeTrue();
        fixture.Entries().ShouldHaveSingleItem();
    });

    [Fact]
    public void AppendAsync_WhenASideWriterIsInside_WaitsAndGoesOn() => TurnFixture.Run(async fixture =>
    {
        using var transcript = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        var lease = await HoldAsync(fixture, TimeSpan.FromSeconds(60));
        var append = transcript.AppendAsync([Lines.Assistant(null, id: "2")], None);
        await fixture.PassAsync(TimeSpan.FromSeconds(5));
        append.IsCompleted.ShouldBeFalse();
        await fixture.AppendRawAsync(TurnFixture.Lines(Lines.Custom(null)), lease);
        await fixture.Outside.ReleaseLeaseAsync(TurnFixture.Segment, lease, None);

        (await append).ShouldBe(FencedOutcome.Appended.Instance);
        fixture.Entries().Length.ShouldBe(2);
    });

    [Fact]
    public void AppendAsync_WhenASideWriterStaysTooLong_SaysSoWithinTheFenceWait() => TurnFixture.Run(async fixture =>
    {
        using var transcript = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        var lease = await HoldAsync(fixture, TimeSpan.FromSeconds(60));
        await fixture.Outside.RenewLeaseAsync(TurnFixture.Segment, lease, None);
        var since = fixture.Clock.GetUtcNow();
        var append = transcript.AppendAsync([Lines.Assistant(null, id: "2")], None);
        for (var beat = 0; beat < 4 && !append.IsCompleted; beat++)
        {
            await fixture.PassAsync(TimeSpan.FromSeconds(30));
            await fixture.Outside.RenewLeaseAsync(TurnFixture.Segment, lease, None);
        }

        await Should.ThrowAsync<StorageUnavailableException>(append);
        (fixture.Clock.GetUtcNow() - since).ShouldBeLessThan(fixture.Leases.FenceWait + TimeSpan.FromSeconds(16));
        transcript.End.ShouldBeNull("the execution is run again; nobody was taken over");
    });

    [Fact]
    public void AppendAsync_WhenStorageFailsSixTimesInARow_GivesUp() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        using var transcript = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        tap.Plan = (call, _) => call.Verb == BlobVerb.Append ? TapAction.FaultBefore : TapAction.Pass;

        await Should.ThrowAsync<StorageUnavailableException>(() => transcript.AppendAsync([Lines.User(null)], None));

        tap.CountOf(BlobVerb.Append).ShouldBe(6);
        tap.Plan = (_, _) => TapAction.Pass;
        (await transcript.AppendAsync([Lines.User(null)], None)).ShouldBe(FencedOutcome.Appended.Instance);
    });

    [Theory]
    [InlineData((int)TapAction.FaultAfter)]
    [InlineData((int)TapAction.FaultBefore)]
    public void NextAttemptAsync_WhenItsAnswerIsLost_ClaimsOnceAndWritesUnderIt(int action) => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        using var transcript = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await transcript.AppendAsync([Lines.User(null, id: "1")], None);
        tap.Plan = LoseFirst(BlobVerb.SetMetadata, (TapAction)action);

        (await transcript.NextAttemptAsync(None)).ShouldBe(FencedOutcome.Appended.Instance);
        (await transcript.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBe(FencedOutcome.Appended.Instance);

        (fixture.Claim()!.Attempt, fixture.Claim()!.Epoch).ShouldBe((2, 2L));
        fixture.Entries()[^1].Provenance.ShouldBe(Lines.By(TurnFixture.RunOf("a").Value, attempt: 2, epoch: 2));
    });

    [Fact]
    public void NextAttemptAsync_WhenItsAnswerIsLostAndASideWriterCame_DoesNotTakeItselfForItsSuccessor() =>
        TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        using var transcript = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        tap.Plan = (call, _) =>
        {
            if (call.Verb != BlobVerb.SetMetadata)
            {
                return TapAction.Pass;
            }

            tap.Plan = (_, _) => TapAction.Pass;
            tap.Before = async (next, _) =>
            {
                if (next.Verb == BlobVerb.SetMetadata && fixture.Claim()!.Epoch == 2)
                {
                    tap.Before = null;
                    await fixture.WriteBesideAsync(Lines.Custom(null, id: "side"));
                }
            };
            return TapAction.FaultAfter;
        };

        (await transcript.NextAttemptAsync(None)).ShouldBe(FencedOutcome.Appended.Instance);
        (await transcript.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBe(FencedOutcome.Appended.Instance);
        fixture.Entries().Select(entry => entry.Id.Value).ShouldBe(["side", "2"]);
    });

    [Fact]
    public void AppendAsync_WhenManyCallAtOnce_EachStandsOnceInAChain() => TurnFixture.Run(async fixture =>
    {
        using var transcript = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);

        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(number => Task.Run(() => transcript.AppendAsync([Lines.Custom(null, id: $"c{number}")], None))));

        var entries = fixture.Entries();
        entries.Select(entry => entry.Id).Distinct().Count().ShouldBe(20);
        entries.Skip(1).Select(entry => entry.ParentId).ShouldBe(entries.Take(19).Select(entry => entry.Id));
        transcript.LastVerdict.ShouldBeNull("no append was refused");
    });

    private static Func<BlobCall, int, TapAction> LoseFirst(BlobVerb verb, TapAction action)
    {
        var isDone = false;
        return (call, _) =>
        {
            if (isDone || call.Verb != verb)
            {
                return TapAction.Pass;
            }

            isDone = true;
            return action;
        };
    }

    private static async Task<LeaseId> HoldAsync(TurnFixture fixture, TimeSpan length)
    {
        await fixture.Outside.BreakLeaseAsync(TurnFixture.Segment, None);
        var lease = fixture.Ids.NewLeaseId();
        (await fixture.Outside.AcquireLeaseAsync(TurnFixture.Segment, lease, length, None)).ShouldBe(LeaseOutcome.Held);
        return lease;
    }
}
