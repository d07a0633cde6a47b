using Holdfast.Channels;
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
    public void S08_WhenAMessageToolSendsDuringTheRun_ItsMirrorIsBenignAndNotReplayed(bool writesPastTheInbox, bool namesTheRun) => TurnRig.Run(async rig =>
    {
        var author = namesTheRun ? TurnRig.RunOf("m1").Value : "message-tool";
        var mirror = Lines.Assistant(Lines.By(author, EntrySource.Mirror), "copy of what was sent");
        var sent = 0;
        rig.Agent = rig.Agent with { Tools = [new PlayedTool("message", _ => SendAsync())] };
        rig.Model.Then(PlayedModel.Tools(("c1", "message", new { })));
        rig.Model.Then(PlayedModel.Delta("sent"), new Act.Call(SendAsync), new Act.Wait(TimeSpan.FromSeconds(25)), PlayedModel.Stop());
        await rig.AcceptAsync("m1", "send it");
        var orchestration = new PlayedOrchestration(rig);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        orchestration.Courses.SelectMany(course => course.Tally.Verdicts.Keys).ShouldBeSubsetOf(["benign", "own"]);
        rig.Entries().Count(entry => entry.Stamp?.Source == EntrySource.Mirror).ShouldBe(2);
        await rig.AcceptAsync("m2", "and now?");
        await new PlayedOrchestration(rig).RunAsync();
        TextsOf(rig.Model.Requests[^1].Prompt).ShouldNotContain("copy of what was sent");
        await TurnInvariants.CheckAsync(rig, "m1");

        async Task<ToolOutcome> SendAsync()
        {
            var copy = mirror with { Id = EntryId.Parse($"mirror-{++sent}") };
            await (writesPastTheInbox ? rig.WriteBesideAsync(copy) : SideAsync(rig, TurnRig.Key, copy));
            return new ToolOutcome.Succeeded("sent");
        }
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void S09_WhenACronAnnouncementLandsWhileTheUserChats_HisTurnCompletesAndEachReplyGoesItsOwnWay(bool pastTheInbox) => TurnRig.Run(async rig =>
    {
        var announcement = Lines.CustomMessage(Lines.By("cron", EntrySource.Side));
        var jobs = CronJobs.Ticker(rig, CronJobs.Every(TimeSpan.FromMinutes(10), session: "test:1", deliver: new DeliveryTarget.Slack("C0CRON", null)));
        await jobs.TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(9));
        rig.Model.Then(
            PlayedModel.Delta("for the "), new Act.Wait(TimeSpan.FromSeconds(59)),
            PlayedModel.Delta(""), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(async () =>
            {
                await jobs.TickAsync(None);
                await (pastTheInbox ? rig.WriteBesideAsync(announcement) : SideAsync(rig, TurnRig.Key, announcement));
            }),
            new Act.Wait(TimeSpan.FromSeconds(30)), PlayedModel.Delta("user"), PlayedModel.Stop());
        rig.Model.Then(PlayedModel.Text("for the job"));
        await rig.AcceptAsync("m1", "my question");

        var receipts = await new PlayedOrchestration(rig).RunAsync();

        receipts.Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);
        receipts[0].Tally.Verdicts.Keys.ShouldBe(pastTheInbox ? ["benign"] : []);
        rig.Channel.Posts.Select(post => post.Text).ShouldBe(["for the user", "for the job"]);
        rig.Channel.TargetOf(TurnRig.Delivery("m1")).ShouldBe(new ReplyTarget.Slack("C1", "1.1"));
        rig.Channel.TargetOf(DeliveryId.Parse("cron:job:20260101T001000Z")).ShouldBe(new ReplyTarget.Slack("C0CRON", null));
        rig.Entries().OfType<TranscriptEntry.CustomMessage>().ShouldHaveSingleItem();
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Theory]
    [InlineData(EntrySource.Mirror, StepEnding.Answered, "benign")]
    [InlineData(EntrySource.Turn, StepEnding.TakenOver, "takeover")]
    public void S32_WhenARunWritesToAnotherSession_ItIsJudgedByThatSessionsClaim(EntrySource source, StepEnding ending, string verdict) => TurnRig.Run(async rig =>
    {
        // The run of the other session writes here: it owns its own session, and that counts for nothing in this one.
        await rig.NameAsync(OtherKey, OtherSession);
        using var elsewhere = await rig.Start().ClaimAsync(TurnRig.RunOf("elsewhere"), OtherSession);
        var entry = Lines.Assistant(Lines.By(TurnRig.RunOf("elsewhere").Value, source, epoch: 7), "to whom it may concern");
        rig.Model.Then(
            PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(2)), new Act.Call(() => rig.WriteBesideAsync(entry)),
            PlayedModel.Delta("two"), new Act.Wait(TimeSpan.FromSeconds(2)), PlayedModel.Stop());
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());

        var report = await rig.Start().StepAsync(turn);

        report.Ending.ShouldBe(ending);
        report.Tally.Verdicts.Keys.ShouldBe([verdict]);
        (await elsewhere.AppendAsync([Lines.Assistant(null, "mine")], None)).ShouldBe(Holdfast.Ownership.FencedOutcome.Appended.Instance);
        elsewhere.Verdicts.ShouldBeEmpty("the other session was not touched");
    });

    [Fact]
    public void S32_WhenAMirrorGoesToASessionThatAnotherRunHolds_ItWaitsForThatRun() => TurnRig.Run(async rig =>
    {
        await rig.NameAsync(OtherKey, OtherSession);
        var theirs = rig.Start();
        using var holder = await theirs.ClaimAsync(TurnRig.RunOf("elsewhere"), OtherSession);
        var mirror = Lines.Assistant(Lines.By(TurnRig.RunOf("m1").Value, EntrySource.Mirror), "copy");
        var segment = TranscriptPaths.Segment(OtherSession, 0);
        rig.Agent = rig.Agent with { Tools = [new PlayedTool("message", _ => SendAsync())] };
        rig.Model.Then(PlayedModel.Tools(("c1", "message", new { })));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);
        await theirs.Drain.DrainAsync(OtherKey, holder, None);

        holder.Conversation.Entries.ShouldHaveSingleItem().Stamp!.Source.ShouldBe(EntrySource.Mirror);
        rig.Entries().ShouldNotContain(entry => entry.Stamp!.Source == EntrySource.Mirror);
        holder.Verdicts.ShouldBeEmpty();
        await TurnInvariants.CheckAsync(rig, "m1");

        async Task<ToolOutcome> SendAsync()
        {
            var now = (await rig.Outside.ReadAsync(segment, 0, 0, None))!;
            (await rig.Outside.AppendAsync(segment, TurnRig.Lines(mirror), new AppendCondition(now.ETag, now.Length, rig.Leases.LeaseOf(TurnRig.RunOf("m1"))), None))
                .ShouldBeOfType<BlobWriteOutcome.Refused>("this run's lease is none there");
            await SideAsync(rig, OtherKey, mirror);
            return new ToolOutcome.Succeeded("sent");
        }
    });

    [Fact]
    public void S34_WhenAChildsResultReachesABusyParentThatDies_ItWaitsAndRunsNext() => TurnRig.Run(async rig =>
    {
        await rig.NameAsync(OtherKey, OtherSession);
        var tap = new BlobTap();
        rig.Model.Then(
            PlayedModel.Delta("parent "), new Act.Wait(TimeSpan.FromSeconds(20)),
            new Act.Call(() => ChildAsync(rig)),
            new Act.Call(() =>
            {
                tap.Plan = (_, _) => TapAction.CrashBefore;
                return Task.CompletedTask;
            }),
            new Act.Wait(TimeSpan.FromSeconds(5)), new Act.Call(() => throw new CrashException()));
        rig.Model.Then(PlayedModel.Text("child's work")).Then(PlayedModel.Text("parent again")).Then(PlayedModel.Text("thanks, child"));
        await rig.AcceptAsync("m1", "ask the child");

        var receipts = await new PlayedOrchestration(rig, tap).RunAsync();

        receipts.Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);
        rig.Entries().OfType<TranscriptEntry.UserMessage>().Select(message => message.Content.PlainText()).ShouldBe(["ask the child", "child's work"]);
        rig.Channel.Posts.Select(post => post.Text).ShouldBe(["child's work", "parent again", "thanks, child"]);
        await TurnInvariants.CheckAsync(rig, "result");
    });

    /// <summary>The child's turn in its own session; its result is handed to the parent twice, as a finisher that ran twice would.</summary>
    private static async Task ChildAsync(TurnRig rig)
    {
        await rig.AcceptAsync("child", "do your part", key: OtherKey);
        await new PlayedOrchestration(rig) { Key = OtherKey }.RunAsync();
        var done = (await rig.Start().Outbox.FindAsync(TurnRig.Delivery("child").Turn, None)).ShouldNotBeNull().Record;
        (await rig.AcceptAsync("result", done.Text)).ShouldBeOfType<AcceptOutcome.Accepted>();
        (await rig.AcceptAsync("result", done.Text)).ShouldBeOfType<AcceptOutcome.Repeated>();
    }

    private static Task<bool> SideAsync(TurnRig rig, SessionKey key, TranscriptEntry entry) => rig.Start().Inbox.AddSideEntryAsync(
        key, DeliveryId.Parse("side:" + entry.Id.Value), rig.Clock.GetUtcNow(), TurnRig.Lines(entry), None);

    private static IEnumerable<string> TextsOf(Holdfast.Models.ModelPrompt prompt)
    {
        AcceptableToModelApi.Check(prompt);
        return prompt.Messages.SelectMany(message => message.Blocks).OfType<Holdfast.Models.PromptBlock.Text>().Select(block => block.Value);
    }
}
