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
    public void AppendAsync_WhenNothingIsThere_WritesHeaderAndChainsParents() => TurnRig.Run(async rig =>
    {
        using var transcript = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);

        await transcript.AppendAsync([Lines.User(null, id: "1"), Lines.Assistant(null, id: "2")], None);
        await transcript.AppendAsync([Lines.Custom(null, id: "3")], None);

        rig.Entries().Select(entry => entry.ParentId?.Value).ShouldBe([null, "1", "2"]);
        rig.Entries().Select(entry => entry.Stamp!.Seq).ShouldBe([1, 2, 3]);
        System.Text.Encoding.UTF8.GetString(rig.Bytes()).ShouldStartWith("{\"type\":\"session\",\"version\":3");
    });

    [Fact]
    public void AppendAsync_WhenTheIdStands_WritesItOnce() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        using var transcript = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        await transcript.AppendAsync([Lines.User(null, id: "1")], None);

        (await transcript.AppendAsync([Lines.User(null, id: "1")], None)).ShouldBe(FencedOutcome.Appended.Instance);

        tap.CountOf(BlobVerb.Append).ShouldBe(1);
    });

    [Fact]
    public void S24_WhenTheAnswerOfAnAppendIsLost_ItIsOwnAndNotDoubled() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        using var transcript = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        tap.Plan = LoseFirst(BlobVerb.Append, TapAction.FaultAfter);

        (await transcript.AppendAsync([Lines.User(null, id: "1"), Lines.Custom(null, id: "2")], None)).ShouldBe(FencedOutcome.Appended.Instance);

        rig.Entries().Select(entry => entry.Id.Value).ShouldBe(["1", "2"]);
        transcript.LastVerdict.ShouldBe("own");
    });

    [Fact]
    public void S24_WhenTheSdkRetriesIntoItsOwnSuccess_ItIsOwnAndNotDoubled() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        using var transcript = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        var entry = Lines.User(Lines.By(TurnRig.RunOf("a").Value), id: "1");
        var lease = rig.Leases.LeaseOf(TurnRig.RunOf("a"));

        // The same bytes land first, as the SDK's first try; the second is refused by position and ETag.
        tap.Before = async (call, _) =>
        {
            if (call.Verb == BlobVerb.Append)
            {
                tap.Before = null;
                await rig.AppendRawAsync(TurnRig.Lines(entry), lease);
            }
        };

        (await transcript.AppendAsync([entry], None)).ShouldBe(FencedOutcome.Appended.Instance);
        rig.Entries().ShouldHaveSingleItem();
        transcript.LastVerdict.ShouldBe("own");
    });

    [Fact]
    public void S17_WhenTheLeaseLapsedAndMetadataWasTouched_ContentDecides() => TurnRig.Run(async rig =>
    {
        using var transcript = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        await transcript.AppendAsync([Lines.User(null, id: "1")], None);
        await rig.PassAsync(TimeSpan.FromSeconds(90));
        var (now, lease) = ((await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, None))!, rig.Ids.NewLeaseId());
        await rig.Outside.AcquireLeaseAsync(TurnRig.Segment, lease, TimeSpan.FromSeconds(15), None);
        await rig.Outside.SetMetadataAsync(TurnRig.Segment, ClaimStamp.FromMetadata(now.Metadata)!.ToMetadata(), now.ETag, lease, None);
        await rig.Outside.ReleaseLeaseAsync(TurnRig.Segment, lease, None);

        (await transcript.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBe(FencedOutcome.Appended.Instance);

        transcript.Verdicts.ShouldBe(new Dictionary<string, int> { ["clean"] = 1 });
        (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, None))!.IsLeased.ShouldBeTrue("the lease is taken again");
    });

    [Fact]
    public void S12_WhenBenignEntriesStand_TheyAreAdoptedAndTheWriteFollowsThem() => TurnRig.Run(async rig =>
    {
        using var transcript = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        await rig.WriteBesideAsync(Lines.ModelChange(Lines.By("op", EntrySource.Control)), Lines.Other("label", null), Lines.Custom(null, id: "c"));

        (await transcript.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBe(FencedOutcome.Appended.Instance);

        rig.Entries()[^1].ParentId.ShouldBe(EntryId.Parse("c"));
        transcript.Conversation.Entries.Count.ShouldBe(4);
        transcript.LastVerdict.ShouldBe("benign");
    });

    [Fact]
    public void AppendAsync_WhenASideWriterWroteTheSameEntry_DoesNotWriteItAgain() => TurnRig.Run(async rig =>
    {
        using var transcript = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        var side = Lines.Custom(Lines.By("side", EntrySource.Side), id: "same");
        await rig.WriteBesideAsync(side);

        await transcript.AppendAsync([side, Lines.Assistant(null, id: "2")], None);

        rig.Entries().Select(entry => entry.Id.Value).ShouldBe(["same", "2"]);
    });

    [Fact]
    public void S30_WhenALaterAttemptClaimed_StorageItselfRefusesTheZombie() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        using var zombie = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        await zombie.AppendAsync([Lines.User(null, id: "1")], None);
        using var successor = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        var (before, calls) = (rig.Bytes(), tap.Calls.Count);

        var outcome = await zombie.AppendAsync([Lines.Assistant(null, id: "2")], None);

        outcome.ShouldBeOfType<FencedOutcome.Superseded>().Verdict.ByAttempt.ShouldBe(2);
        tap.Calls[calls].Verb.ShouldBe(BlobVerb.Append, "I8: the first thing it did was the write itself, and storage refused it");
        rig.Bytes().ShouldBe(before);
        zombie.Ended.IsCancellationRequested.ShouldBeTrue();
        await zombie.ReleaseAsync();
        tap.CountOf(BlobVerb.ReleaseLease).ShouldBe(0, "the lease is its successor's");
        (await successor.AppendAsync([Lines.Assistant(null, id: "3")], None)).ShouldBe(FencedOutcome.Appended.Instance);
        successor.LastVerdict.ShouldBeNull("the zombie left no trace");
    });

    [Fact]
    public void AppendAsync_WhenAnotherRunClaimed_EndsAndNothingMoreIsWritten() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        using var ours = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        await ours.AppendAsync([Lines.User(null, id: "1")], None);
        using var theirs = await rig.TakeOverAsync("b");

        (await ours.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBeOfType<FencedOutcome.TakenOver>()
            .Verdict.Reason.ShouldBe(TakeoverReason.OtherRunClaimed);
        var calls = tap.Calls.Count;
        (await ours.AppendAsync([Lines.Assistant(null, id: "3")], None)).ShouldBeOfType<FencedOutcome.TakenOver>();
        (await ours.NextAttemptAsync(None)).ShouldBeOfType<FencedOutcome.TakenOver>();

        tap.Calls.Count.ShouldBe(calls, "not even tried");
        ours.Ended.IsCancellationRequested.ShouldBeTrue();
        rig.Entries().ShouldHaveSingleItem();
    });

    [Fact]
    public void AppendAsync_WhenASideWriterIsInside_WaitsAndGoesOn() => TurnRig.Run(async rig =>
    {
        using var transcript = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        var lease = await HoldAsync(rig, TimeSpan.FromSeconds(60));
        var append = transcript.AppendAsync([Lines.Assistant(null, id: "2")], None);
        await rig.PassAsync(TimeSpan.FromSeconds(5));
        append.IsCompleted.ShouldBeFalse();
        await rig.AppendRawAsync(TurnRig.Lines(Lines.Custom(null)), lease);
        await rig.Outside.ReleaseLeaseAsync(TurnRig.Segment, lease, None);

        (await append).ShouldBe(FencedOutcome.Appended.Instance);
        rig.Entries().Length.ShouldBe(2);
    });

    [Fact]
    public void AppendAsync_WhenASideWriterStaysTooLong_SaysSoWithinTheFenceWait() => TurnRig.Run(async rig =>
    {
        using var transcript = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        var lease = await HoldAsync(rig, TimeSpan.FromSeconds(60));
        await rig.Outside.RenewLeaseAsync(TurnRig.Segment, lease, None);
        var since = rig.Clock.GetUtcNow();
        var append = transcript.AppendAsync([Lines.Assistant(null, id: "2")], None);
        for (var beat = 0; beat < 4 && !append.IsCompleted; beat++)
        {
            await rig.PassAsync(TimeSpan.FromSeconds(30));
            await rig.Outside.RenewLeaseAsync(TurnRig.Segment, lease, None);
        }

        await Should.ThrowAsync<StorageUnavailableException>(append);
        (rig.Clock.GetUtcNow() - since).ShouldBeLessThan(rig.Leases.FenceWait + TimeSpan.FromSeconds(16));
        transcript.End.ShouldBeNull("the execution is run again; nobody was taken over");
    });

    [Fact]
    public void AppendAsync_WhenStorageFailsSixTimesInARow_GivesUp() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        using var transcript = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        tap.Plan = (call, _) => call.Verb == BlobVerb.Append ? TapAction.FaultBefore : TapAction.Pass;

        await Should.ThrowAsync<StorageUnavailableException>(() => transcript.AppendAsync([Lines.User(null)], None));

        tap.CountOf(BlobVerb.Append).ShouldBe(6);
        tap.Plan = (_, _) => TapAction.Pass;
        (await transcript.AppendAsync([Lines.User(null)], None)).ShouldBe(FencedOutcome.Appended.Instance);
    });

    [Theory]
    [InlineData((int)TapAction.FaultAfter)]
    [InlineData((int)TapAction.FaultBefore)]
    public void NextAttemptAsync_WhenItsAnswerIsLost_ClaimsOnceAndWritesUnderIt(int action) => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        using var transcript = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        await transcript.AppendAsync([Lines.User(null, id: "1")], None);
        tap.Plan = LoseFirst(BlobVerb.SetMetadata, (TapAction)action);

        (await transcript.NextAttemptAsync(None)).ShouldBe(FencedOutcome.Appended.Instance);
        (await transcript.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBe(FencedOutcome.Appended.Instance);

        (rig.Claim()!.Attempt, rig.Claim()!.Epoch).ShouldBe((2, 2L));
        rig.Entries()[^1].Stamp.ShouldBe(Lines.By(TurnRig.RunOf("a").Value, attempt: 2, epoch: 2));
    });

    [Fact]
    public void NextAttemptAsync_WhenItsAnswerIsLostAndASideWriterCame_DoesNotTakeItselfForItsSuccessor() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        using var transcript = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        tap.Plan = (call, _) =>
        {
            if (call.Verb != BlobVerb.SetMetadata)
            {
                return TapAction.Pass;
            }

            tap.Plan = (_, _) => TapAction.Pass;
            tap.Before = async (next, _) =>
            {
                if (next.Verb == BlobVerb.SetMetadata && rig.Claim()!.Epoch == 2)
                {
                    tap.Before = null;
                    await rig.WriteBesideAsync(Lines.Custom(null, id: "side"));
                }
            };
            return TapAction.FaultAfter;
        };

        (await transcript.NextAttemptAsync(None)).ShouldBe(FencedOutcome.Appended.Instance);
        (await transcript.AppendAsync([Lines.Assistant(null, id: "2")], None)).ShouldBe(FencedOutcome.Appended.Instance);
        rig.Entries().Select(entry => entry.Id.Value).ShouldBe(["side", "2"]);
    });

    [Fact]
    public void AppendAsync_WhenManyCallAtOnce_EachStandsOnceInAChain() => TurnRig.Run(async rig =>
    {
        using var transcript = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(() => transcript.AppendAsync([Lines.Custom(null, id: $"c{number}")], None))));

        var entries = rig.Entries();
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

    private static async Task<LeaseId> HoldAsync(TurnRig rig, TimeSpan length)
    {
        await rig.Outside.BreakLeaseAsync(TurnRig.Segment, None);
        var lease = rig.Ids.NewLeaseId();
        (await rig.Outside.AcquireLeaseAsync(TurnRig.Segment, lease, length, None)).ShouldBe(LeaseOutcome.Held);
        return lease;
    }
}
