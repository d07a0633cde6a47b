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
    public void S07_WhenOneRunIsReachedThroughCronAndItsSession_ItIsOneWriter() => TurnFixture.Run(async fixture =>
    {
        var jobs = CronJobs.Every(TimeSpan.FromMinutes(10), session: "test:1");
        var (one, two) = (CronJobs.Ticker(fixture, jobs), CronJobs.Ticker(fixture, jobs));
        await Task.WhenAll(one.TickAsync(None), two.TickAsync(None));
        await fixture.PassAsync(TimeSpan.FromMinutes(10));
        await one.TickAsync(None);
        TurnReference? again = null;
        Task<StepResult>? second = null;
        fixture.Model.Then(
            SimulatedModel.Delta("first "), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(async () =>
            {
                await two.TickAsync(None);
                again = await TurnFixture.OpenAsync(fixture.Start());
                second = fixture.Start().StepAsync(again);
            }),
            new Act.Wait(TimeSpan.FromSeconds(5)), SimulatedModel.Stop());
        var orchestration = new SimulatedOrchestration(fixture);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        again.ShouldNotBeNull().RunId.ShouldBe(receipt.RunId);
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        (await second!).Tally.Verdicts.Keys.ShouldNotContain("takeover");
        orchestration.Courses.ShouldAllBe(course => !course.Tally.Verdicts.ContainsKey("takeover"));
        TurnProvenances(fixture).Select(provenance => provenance.RunId).Distinct().ShouldBe([receipt.RunId.Value]);
        (await fixture.NamesAsync("deliveries/")).ShouldHaveSingleItem();
        fixture.Channel.PostCalls.ShouldBe(0, "the job delivers nowhere");
    });

    [Fact]
    public void S14_WhenTwoKeysMeanOneSession_ItsTurnsAreSerialised() => TurnFixture.Run(async fixture =>
    {
        await fixture.NameAsync(SecondKey, TurnFixture.Session);
        fixture.Model.Then(SimulatedModel.Delta("one"), new Act.Wait(TimeSpan.FromSeconds(55)), SimulatedModel.Stop());
        fixture.Model.Then(SimulatedModel.Delta("two"), new Act.Wait(TimeSpan.FromSeconds(55)), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1", "first question");
        await fixture.AcceptAsync("m2", "second question", key: SecondKey);
        var (limiter, otherKey) = (new SimulatedOrchestration(fixture), new SimulatedOrchestration(fixture) { Key = SecondKey });

        var receipts = await Task.WhenAll(limiter.RunAsync(), otherKey.RunAsync());

        receipts.SelectMany(each => each).ShouldAllBe(receipt => receipt.Ending == TurnEnding.Replied && receipt.Tally.Verdicts.IsEmpty);
        TurnProvenances(fixture).Select(provenance => provenance.RunId).ShouldBeInOneStretchEach();
        fixture.Model.Requests[^1].Prompt.Messages.Length.ShouldBe(3, "the second turn sees the first one's answer");
        fixture.Channel.Posts.Select(post => post.Text).ShouldBe(["one", "two"], ignoreOrder: true);
        await TurnInvariants.CheckAsync(fixture, "m1");
        await TurnInvariants.CheckAsync(fixture, "m2");
    });

    [Fact]
    public void S20_WhenTheWaiterGivesUpAt60SecondsAndTheTurnTakes25Minutes_TheMessageStaysAndRunsNext() => TurnFixture.Run(async fixture =>
    {
        (fixture.Leases.ClaimWait, fixture.Leases.PollEvery) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(10));
        await fixture.NameAsync(SecondKey, TurnFixture.Session);
        var waiting = new List<int>();
        fixture.Model.Then(
        [
            .. Enumerable.Range(0, 25).SelectMany(minute => new Act[]
            {
                SimulatedModel.Delta($"{minute} "), new Act.Wait(TimeSpan.FromSeconds(30)), SimulatedModel.Delta("and "), new Act.Wait(
                    TimeSpan.FromSeconds(30)),
                new Act.Call(async () => waiting.Add((await fixture.NamesAsync(InboxItem.PrefixOf(TurnFixture.Key.Hash))).Count)),
            }),
            SimulatedModel.Stop(),
        ]);
        await fixture.AcceptAsync("long", "a long task", key: SecondKey);
        var holder = new SimulatedOrchestration(fixture) { Key = SecondKey }.RunAsync();
        await fixture.PassAsync(TimeSpan.FromSeconds(1));
        await fixture.AcceptAsync("m1", "first question");
        await fixture.AcceptAsync("m2", "second question");
        var orchestration = new SimulatedOrchestration(fixture);

        var receipts = await orchestration.RunAsync();

        receipts.Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);
        waiting.ShouldAllBe(messages => messages == 2);
        orchestration.Moves.Count(move => move == TurnMove.ComeBackLater).ShouldBeInRange(18, 21);
        (await holder).ShouldHaveSingleItem().Tally.Verdicts.ShouldBeEmpty();
        fixture.Entries().OfType<TranscriptEntry.UserMessage>().Select(message => message.Content.PlainText())
            .ShouldBe(["a long task", "first question", "second question"]);
        await TurnInvariants.CheckAsync(fixture, "m1");
        await TurnInvariants.CheckAsync(fixture, "m2");
    });

    [Fact]
    public void S35_WhenTwoCallersWriteToANewSessionAtOnce_ItIsOneSessionAndTheSecondIsQueued() => TurnFixture.Run(async fixture =>
    {
        var key = SessionKey.Parse("agent:main:new:1");
        await Task.WhenAll(fixture.AcceptAsync("m1", "first question", key: key), fixture.AcceptAsync("m2", "second question", key: key));
        var (one, other) = Meeting(call => call.Verb == BlobVerb.Create && call.Name.StartsWith("keys/", StringComparison.Ordinal));
        var instances =
            new[] { new SimulatedOrchestration(fixture, one) { Key = key }, new SimulatedOrchestration(fixture, other) { Key = key } };

        await Task.WhenAll(instances.Select(instance => instance.RunAsync()));

        var segment = (await fixture.NamesAsync("sessions/")).ShouldHaveSingleItem();
        var entries = await EntriesAsync(fixture, BlobPath.Parse(segment));
        entries.OfType<TranscriptEntry.UserMessage>()
            .Select(message => message.Content.PlainText())
            .ShouldBe(["first question", "second question"], ignoreOrder: true);
        entries.Where(entry => entry.Provenance?.Source == EntrySource.Turn)
            .Select(entry => entry.Provenance!.RunId)
            .ShouldBeInOneStretchEach();
        fixture.Channel.Posts.Count.ShouldBe(2);
        fixture.Log.Lines.ShouldNotContain(line => line.Text.Contains("takeover", StringComparison.Ordinal));
    });

    [Fact]
    public void RunAsync_WhenModelCallsAreScarce_AUserGoesBeforeAScheduleThatCameFirst() => TurnFixture.Run(async fixture =>
    {
        fixture.ConcurrentCalls = 1;
        var process = fixture.Start();
        fixture.Model.Otherwise = [SimulatedModel.Delta("busy"), new Act.Wait(TimeSpan.FromSeconds(10)), SimulatedModel.Stop()];
        var steps = new List<Task<StepResult>>();
        foreach (var (name, priority) in new[] { (
            "first",
            MessagePriority.User), ("cron", MessagePriority.Cron), ("hook", MessagePriority.Hook), ("user", MessagePriority.User) })
        {
            var key = SessionKey.Parse($"agent:main:{name}");
            await process.Inbox.AcceptAsync(fixture.Message(name, name, key: key) with { Priority = priority }, None);
            steps.Add(process.StepAsync(await TurnFixture.OpenAsync(process, key)));
            await fixture.PassAsync(TimeSpan.FromSeconds(1));
        }

        await Task.WhenAll(steps);

        fixture.Model.Requests.Select(request => request.Prompt.Lines().Single())
            .ShouldBe(["user: first", "user: user", "user: hook", "user: cron"]);
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

    private static async Task<ImmutableArray<TranscriptEntry>> EntriesAsync(TurnFixture fixture, BlobPath segment) =>
        TranscriptLineParser.Parse((await fixture.Outside.ReadAsync(segment, 0, null, None)).ShouldNotBeNull().Content).Entries;

    private static IEnumerable<Provenance> TurnProvenances(TurnFixture fixture) =>
        fixture.Entries().Select(entry => entry.Provenance).OfType<Provenance>().Where(provenance => provenance.Source == EntrySource.Turn);
}
