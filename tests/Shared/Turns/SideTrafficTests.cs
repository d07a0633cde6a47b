using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Channels.Schedules;
using Holdfast.Tests.Models;
using Holdfast.Tools;
using Holdfast.Transcripts;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>What others, and the run's own tools, write beside a turn: into its session, or from it into another (I1, I2, I3).</summary>
public sealed class SideTrafficTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly SessionKey OtherKey = SessionKey.Parse("agent:main:other:1");
    private static readonly SessionId OtherSession = SessionId.Parse("22222222222222222222222222222222");

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void S08_WhenAMessageToolSendsDuringTheRun_ItsMirrorIsBenignAndNotReplayed(bool writesPastTheInbox, bool namesTheRun) =>
        TurnFixture.Run(async fixture =>
    {
        var author = namesTheRun ? TurnFixture.RunOf("m1").Value : "message-tool";
        var mirror = Lines.Assistant(Lines.By(author, EntrySource.Mirror), "copy of what was sent");
        var sent = 0;
        fixture.Agent = fixture.Agent with { Tools = [new SimulatedTool("message", _ => SendAsync())] };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "message", new { })));
        fixture.Model.Then(
            SimulatedModel.Delta("sent"), new Act.Call(SendAsync), new Act.Wait(TimeSpan.FromSeconds(25)), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1", "send it");
        var orchestration = new SimulatedOrchestration(fixture);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        orchestration.Courses.SelectMany(course => course.Tally.Verdicts.Keys).ShouldBeSubsetOf(["benign", "own"]);
        fixture.Entries().Count(entry => entry.Provenance?.Source == EntrySource.Mirror).ShouldBe(2);
        await fixture.AcceptAsync("m2", "and now?");
        await new SimulatedOrchestration(fixture).RunAsync();
        TextsOf(fixture.Model.Requests[^1].Prompt).ShouldNotContain("copy of what was sent");
        await TurnInvariants.CheckAsync(fixture, "m1");

        async Task<ToolOutcome> SendAsync()
        {
            var copy = mirror with { Id = EntryId.Parse($"mirror-{++sent}") };
            await (writesPastTheInbox ? fixture.WriteBesideAsync(copy) : SideAsync(fixture, TurnFixture.Key, copy));
            return new ToolOutcome.Succeeded("sent");
        }
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void S09_WhenACronAnnouncementLandsWhileTheUserChats_HisTurnCompletesAndEachReplyGoesItsOwnWay(bool pastTheInbox) =>
        TurnFixture.Run(async fixture =>
    {
        var announcement = Lines.CustomMessage(Lines.By("cron", EntrySource.Side));
        var jobs = CronJobs.Ticker(
            fixture, CronJobs.Every(TimeSpan.FromMinutes(10), session: "test:1", deliver: new ReplyTarget.Slack("C0CRON", null)));
        await jobs.TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(9));
        fixture.Model.Then(
            SimulatedModel.Delta("for the "), new Act.Wait(TimeSpan.FromSeconds(59)),
            SimulatedModel.Delta(""), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(async () =>
            {
                await jobs.TickAsync(None);
                await (pastTheInbox ? fixture.WriteBesideAsync(announcement) : SideAsync(fixture, TurnFixture.Key, announcement));
            }),
            new Act.Wait(TimeSpan.FromSeconds(30)), SimulatedModel.Delta("user"), SimulatedModel.Stop());
        fixture.Model.Then(SimulatedModel.Text("for the job"));
        await fixture.AcceptAsync("m1", "my question");

        var receipts = await new SimulatedOrchestration(fixture).RunAsync();

        receipts.Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);
        receipts[0].Tally.Verdicts.Keys.ShouldBe(pastTheInbox ? ["benign"] : []);
        fixture.Channel.Posts.Select(post => post.Text).ShouldBe(["for the user", "for the job"]);
        fixture.Channel.TargetOf(TurnFixture.Delivery("m1")).ShouldBe(new ReplyTarget.Slack("C1", "1.1"));
        fixture.Channel.TargetOf(DeliveryId.Parse("cron:job:20260101T001000Z")).ShouldBe(new ReplyTarget.Slack("C0CRON", null));
        fixture.Entries().OfType<TranscriptEntry.CustomMessage>().ShouldHaveSingleItem();
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Theory]
    [InlineData(EntrySource.Mirror, StepEnding.Answered, "benign")]
    [InlineData(EntrySource.Turn, StepEnding.TakenOver, "takeover")]
    public void S32_WhenARunWritesToAnotherSession_ItIsJudgedByThatSessionsClaim(EntrySource source, StepEnding ending, string verdict) =>
        TurnFixture.Run(async fixture =>
    {
        // The run of the other session writes here: it owns its own session, and that counts for nothing in this one.
        await fixture.NameAsync(OtherKey, OtherSession);
        using var elsewhere = await fixture.Start().ClaimAsync(TurnFixture.RunOf("elsewhere"), OtherSession);
        var entry = Lines.Assistant(Lines.By(TurnFixture.RunOf("elsewhere").Value, source, epoch: 7), "to whom it may concern");
        fixture.Model.Then(
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(2)), new Act.Call(() => fixture.WriteBesideAsync(entry)),
            SimulatedModel.Delta("two"), new Act.Wait(TimeSpan.FromSeconds(2)), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());

        var report = await fixture.Start().StepAsync(turn);

        report.Ending.ShouldBe(ending);
        report.Tally.Verdicts.Keys.ShouldBe([verdict]);
        (await elsewhere.AppendAsync([Lines.Assistant(null, "mine")], None)).ShouldBe(Holdfast.Ownership.FencedOutcome.Appended.Instance);
        elsewhere.Verdicts.ShouldBeEmpty("the other session was not touched");
    });

    [Fact]
    public void S32_WhenAMirrorGoesToASessionThatAnotherRunHolds_ItWaitsForThatRun() => TurnFixture.Run(async fixture =>
    {
        await fixture.NameAsync(OtherKey, OtherSession);
        var theirs = fixture.Start();
        using var holder = await theirs.ClaimAsync(TurnFixture.RunOf("elsewhere"), OtherSession);
        var mirror = Lines.Assistant(Lines.By(TurnFixture.RunOf("m1").Value, EntrySource.Mirror), "copy");
        var segment = TranscriptPaths.Segment(OtherSession, 0);
        fixture.Agent = fixture.Agent with { Tools = [new SimulatedTool("message", _ => SendAsync())] };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "message", new { })));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);
        await theirs.Drain.DrainAsync(OtherKey, holder, None);

        holder.Conversation.Entries.ShouldHaveSingleItem().Provenance!.Source.ShouldBe(EntrySource.Mirror);
        fixture.Entries().ShouldNotContain(entry => entry.Provenance!.Source == EntrySource.Mirror);
        holder.Verdicts.ShouldBeEmpty();
        await TurnInvariants.CheckAsync(fixture, "m1");

        async Task<ToolOutcome> SendAsync()
        {
            var now = (await fixture.Outside.ReadAsync(segment, 0, 0, None))!;
            var condition = new AppendCondition(now.ETag, now.Length, fixture.Leases.LeaseOf(TurnFixture.RunOf("m1")));
            (await fixture.Outside.AppendAsync(segment, TurnFixture.Lines(mirror), condition, None))
                .ShouldBeOfType<BlobWriteOutcome.Refused>("this run's lease is none there");
            await SideAsync(fixture, OtherKey, mirror);
            return new ToolOutcome.Succeeded("sent");
        }
    });

    [Fact]
    public void S34_WhenAChildsResultReachesABusyParentThatDies_ItWaitsAndRunsNext() => TurnFixture.Run(async fixture =>
    {
        await fixture.NameAsync(OtherKey, OtherSession);
        var tap = new BlobTap();
        fixture.Model.Then(
            SimulatedModel.Delta("parent "), new Act.Wait(TimeSpan.FromSeconds(20)),
            new Act.Call(() => ChildAsync(fixture)),
            new Act.Call(() =>
            {
                tap.Plan = (_, _) => TapAction.CrashBefore;
                return Task.CompletedTask;
            }),
            new Act.Wait(TimeSpan.FromSeconds(5)), new Act.Call(() => throw new CrashException()));
        fixture.Model.Then(SimulatedModel.Text("child's work"))
            .Then(SimulatedModel.Text("parent again"))
            .Then(SimulatedModel.Text("thanks, child"));
        await fixture.AcceptAsync("m1", "ask the child");

        var receipts = await new SimulatedOrchestration(fixture, tap).RunAsync();

        receipts.Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);
        fixture.Entries()
            .OfType<TranscriptEntry.UserMessage>()
            .Select(message => message.Content.PlainText())
            .ShouldBe(["ask the child", "child's work"]);
        fixture.Channel.Posts.Select(post => post.Text).ShouldBe(["child's work", "parent again", "thanks, child"]);
        await TurnInvariants.CheckAsync(fixture, "result");
    });

    /// <summary>
    /// The child's turn in its own session; its result is handed to the parent twice, as a finisher that ran twice would.
    /// </summary>
    private static async Task ChildAsync(TurnFixture fixture)
    {
        await fixture.AcceptAsync("child", "do your part", key: OtherKey);
        await new SimulatedOrchestration(fixture) { Key = OtherKey }.RunAsync();
        var done = (await fixture.Start().Outbox.FindAsync(TurnFixture.Delivery("child").Turn, None)).ShouldNotBeNull().Record;
        (await fixture.AcceptAsync("result", done.Text)).ShouldBeOfType<AcceptOutcome.Accepted>();
        (await fixture.AcceptAsync("result", done.Text)).ShouldBeOfType<AcceptOutcome.Repeated>();
    }

    private static Task<bool> SideAsync(TurnFixture fixture, SessionKey key, TranscriptEntry entry) =>
        fixture.Start().Inbox.AddSideEntryAsync(
        key, DeliveryId.Parse("side:" + entry.Id.Value), fixture.Clock.GetUtcNow(), TurnFixture.Lines(entry), None);

    private static IEnumerable<string> TextsOf(Holdfast.Models.ModelPrompt prompt)
    {
        AcceptableToModelApi.Check(prompt);
        return prompt.Messages.SelectMany(message => message.Blocks)
            .OfType<Holdfast.Models.PromptBlock.Text>()
            .Select(block => block.Value);
    }
}
