using System.Collections.Immutable;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Channels.Schedules;
using Holdfast.Tests.Models;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>One session that is reached by several roads at once: one writer, one turn at a time, nothing lost (I7).</summary>
public sealed class SharedSessionTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly SessionKey SecondKey = SessionKey.Parse("agent:main:slack:thread:2");

    [Fact]
    public void S07_WhenOneRunIsReachedThroughCronAndItsSession_ItIsOneWriter() => TurnRig.Run(async rig =>
    {
        var jobs = CronJobs.Every(TimeSpan.FromMinutes(10), session: "test:1");
        var (one, two) = (CronJobs.Ticker(rig, jobs), CronJobs.Ticker(rig, jobs));
        await Task.WhenAll(one.TickAsync(None), two.TickAsync(None));
        await rig.PassAsync(TimeSpan.FromMinutes(10));
        await one.TickAsync(None);
        TurnReference? again = null;
        Task<StepReport>? second = null;
        rig.Model.Then(
            PlayedModel.Delta("first "), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(async () =>
            {
                await two.TickAsync(None);
                again = await TurnRig.OpenAsync(rig.Start());
                second = rig.Start().StepAsync(again);
            }),
            new Act.Wait(TimeSpan.FromSeconds(5)), PlayedModel.Stop());
        var orchestration = new PlayedOrchestration(rig);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        again.ShouldNotBeNull().RunId.ShouldBe(receipt.RunId);
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        (await second!).Tally.Verdicts.Keys.ShouldNotContain("takeover");
        orchestration.Courses.ShouldAllBe(course => !course.Tally.Verdicts.ContainsKey("takeover"));
        TurnStamps(rig).Select(stamp => stamp.RunId).Distinct().ShouldBe([receipt.RunId]);
        (await rig.NamesAsync("deliveries/")).ShouldHaveSingleItem();
        rig.Channel.PostCalls.ShouldBe(0, "the job delivers nowhere");
    });

    [Fact]
    public void S14_WhenTwoKeysMeanOneSession_ItsTurnsAreSerialised() => TurnRig.Run(async rig =>
    {
        await rig.NameAsync(SecondKey, TurnRig.Session);
        rig.Model.Then(PlayedModel.Delta("one"), new Act.Wait(TimeSpan.FromSeconds(55)), PlayedModel.Stop());
        rig.Model.Then(PlayedModel.Delta("two"), new Act.Wait(TimeSpan.FromSeconds(55)), PlayedModel.Stop());
        await rig.AcceptAsync("m1", "first question");
        await rig.AcceptAsync("m2", "second question", key: SecondKey);
        var (lane, otherLane) = (new PlayedOrchestration(rig), new PlayedOrchestration(rig) { Key = SecondKey });

        var receipts = await Task.WhenAll(lane.RunAsync(), otherLane.RunAsync());

        receipts.SelectMany(each => each).ShouldAllBe(receipt => receipt.Ending == TurnEnding.Replied && receipt.Tally.Verdicts.IsEmpty);
        TurnStamps(rig).Select(stamp => stamp.RunId).ShouldBeInOneStretchEach();
        rig.Model.Requests[^1].Prompt.Messages.Length.ShouldBe(3, "the second turn sees the first one's answer");
        rig.Channel.Posts.Select(post => post.Text).ShouldBe(["one", "two"], ignoreOrder: true);
        await TurnInvariants.CheckAsync(rig, "m1");
        await TurnInvariants.CheckAsync(rig, "m2");
    });

    [Fact]
    public void S20_WhenTheWaiterGivesUpAt60SecondsAndTheTurnTakes25Minutes_TheMessageStaysAndRunsNext() => TurnRig.Run(async rig =>
    {
        (rig.Leases.ClaimWait, rig.Leases.PollEvery) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(10));
        await rig.NameAsync(SecondKey, TurnRig.Session);
        var waiting = new List<int>();
        rig.Model.Then(
        [
            .. Enumerable.Range(0, 25).SelectMany(minute => new Act[]
            {
                PlayedModel.Delta($"{minute} "), new Act.Wait(TimeSpan.FromSeconds(30)), PlayedModel.Delta("and "), new Act.Wait(TimeSpan.FromSeconds(30)),
                new Act.Call(async () => waiting.Add((await rig.NamesAsync(InboxItem.PrefixOf(TurnRig.Key.Hash))).Count)),
            }),
            PlayedModel.Stop(),
        ]);
        await rig.AcceptAsync("long", "a long task", key: SecondKey);
        var holder = new PlayedOrchestration(rig) { Key = SecondKey }.RunAsync();
        await rig.PassAsync(TimeSpan.FromSeconds(1));
        await rig.AcceptAsync("m1", "first question");
        await rig.AcceptAsync("m2", "second question");
        var orchestration = new PlayedOrchestration(rig);

        var receipts = await orchestration.RunAsync();

        receipts.Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);
        waiting.ShouldAllBe(messages => messages == 2);
        orchestration.Moves.Count(move => move == TurnMove.ComeBackLater).ShouldBeInRange(18, 21);
        (await holder).ShouldHaveSingleItem().Tally.Verdicts.ShouldBeEmpty();
        rig.Entries().OfType<TranscriptEntry.UserMessage>().Select(message => message.Content.PlainText())
            .ShouldBe(["a long task", "first question", "second question"]);
        await TurnInvariants.CheckAsync(rig, "m1");
        await TurnInvariants.CheckAsync(rig, "m2");
    });

    [Fact]
    public void S35_WhenTwoCallersWriteToANewSessionAtOnce_ItIsOneSessionAndTheSecondIsQueued() => TurnRig.Run(async rig =>
    {
        var key = SessionKey.Parse("agent:main:new:1");
        await Task.WhenAll(rig.AcceptAsync("m1", "first question", key: key), rig.AcceptAsync("m2", "second question", key: key));
        var (one, other) = Meeting(call => call.Verb == BlobVerb.Create && call.Name.StartsWith("keys/", StringComparison.Ordinal));
        var instances = new[] { new PlayedOrchestration(rig, one) { Key = key }, new PlayedOrchestration(rig, other) { Key = key } };

        await Task.WhenAll(instances.Select(instance => instance.RunAsync()));

        var segment = (await rig.NamesAsync("sessions/")).ShouldHaveSingleItem();
        var entries = await EntriesAsync(rig, BlobPath.Parse(segment));
        entries.OfType<TranscriptEntry.UserMessage>().Select(message => message.Content.PlainText()).ShouldBe(["first question", "second question"], ignoreOrder: true);
        entries.Where(entry => entry.Stamp?.Source == EntrySource.Turn).Select(entry => entry.Stamp!.RunId).ShouldBeInOneStretchEach();
        rig.Channel.Posts.Count.ShouldBe(2);
        rig.Log.Lines.ShouldNotContain(line => line.Text.Contains("takeover", StringComparison.Ordinal));
    });

    [Fact]
    public void RunAsync_WhenModelCallsAreScarce_AUserGoesBeforeAScheduleThatCameFirst() => TurnRig.Run(async rig =>
    {
        rig.LanePlaces = 1;
        var process = rig.Start();
        rig.Model.Otherwise = [PlayedModel.Delta("busy"), new Act.Wait(TimeSpan.FromSeconds(10)), PlayedModel.Stop()];
        var steps = new List<Task<StepReport>>();
        foreach (var (name, priority) in new[] { ("first", MessagePriority.User), ("cron", MessagePriority.Cron), ("hook", MessagePriority.Hook), ("user", MessagePriority.User) })
        {
            var key = SessionKey.Parse($"agent:main:{name}");
            await process.Inbox.AcceptAsync(TurnRig.Delivery(name), rig.Message(name, name, key: key) with { Priority = priority }, None);
            steps.Add(process.StepAsync(await TurnRig.OpenAsync(process, key)));
            await rig.PassAsync(TimeSpan.FromSeconds(1));
        }

        await Task.WhenAll(steps);

        rig.Model.Requests.Select(request => request.Prompt.Lines().Single()).ShouldBe(["user: first", "user: user", "user: hook", "user: cron"]);
    });

    /// <summary>Two processes that come to a call only together: each has read before either has written.</summary>
    private static (BlobTap One, BlobTap Other) Meeting(Func<BlobCall, bool> at)
    {
        var arrived = 0;
        var both = new TaskCompletionSource();
        return (new BlobTap { HoldBefore = Meet }, new BlobTap { HoldBefore = Meet });

        Task? Meet(BlobCall call, int number)
        {
            if (!at(call))
            {
                return null;
            }

            if (++arrived == 2)
            {
                both.SetResult();
            }

            return both.Task;
        }
    }

    private static async Task<ImmutableArray<TranscriptEntry>> EntriesAsync(TurnRig rig, BlobPath segment) =>
        TranscriptLineParser.Parse((await rig.Outside.ReadAsync(segment, 0, null, None)).ShouldNotBeNull().Content).Entries;

    private static IEnumerable<EntryStamp> TurnStamps(TurnRig rig) =>
        rig.Entries().Select(entry => entry.Stamp).OfType<EntryStamp>().Where(stamp => stamp.Source == EntrySource.Turn);
}
