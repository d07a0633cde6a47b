using Holdfast.Inbox;
using Holdfast.Outbox;
using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>What is left of a turn when it was cut off or when it is over: late executions, held writes, leftovers (I7, I8, I10).</summary>
public sealed class LateWorkTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(BlobVerb.Append)]
    [InlineData(BlobVerb.Create)]
    [InlineData(BlobVerb.Delete)]
    [InlineData(BlobVerb.ReleaseLease)]
    public void S11_WhenTheLastTurnsMaintenanceOverlapsTheNextTurn_NeitherHarmsTheOther(BlobVerb heldAt) => TurnRig.Run(async rig =>
    {
        var (held, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = rig.Start(new BlobTap { HoldBefore = (call, _) => call.Verb == heldAt && !call.Name.StartsWith("outbox/", StringComparison.Ordinal) ? Hold() : null });
        await rig.AcceptAsync("m1", "first question");
        var turn = await TurnRig.OpenAsync(rig.Start());
        await rig.Start().StepAsync(turn);
        var late = slow.Finisher.FinishAsync(Replied(turn), None);
        await held.Task;
        rig.Model.Then(
            PlayedModel.Delta("second "), new Act.Wait(TimeSpan.FromSeconds(5)),
            new Act.Call(async () =>
            {
                goOn.SetResult();
                (await late).ShouldBeOfType<FinishOutcome.Finished>().Receipt.Ending.ShouldBe(TurnEnding.Replied);
            }),
            new Act.Call(() => rig.Start().SideWriter.FlushAsync(TurnRig.Key, new(TurnRig.Key.Value, TurnRig.Session.Value, 1, 0), None)),
            PlayedModel.Delta("answer"), new Act.Wait(TimeSpan.FromSeconds(25)), PlayedModel.Stop());
        await rig.AcceptAsync("m2", "second question");
        await rig.Start().Inbox.AddSideEntryAsync(
            TurnRig.Key, TurnRig.Delivery("side"), rig.Clock.GetUtcNow(), TurnRig.Lines(Lines.Custom(Lines.By("side", EntrySource.Side))), None);
        var next = new PlayedOrchestration(rig);
        await next.FinishAsync(turn, TurnEnding.Replied, 0, null);

        var receipt = (await next.RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.Tally.Verdicts.ShouldBeEmpty();
        rig.Channel.Posts.Select(post => post.Text).ShouldBe(["the answer", "second answer"]);
        rig.Entries().Select(entry => entry.Stamp!).Where(stamp => stamp.Source == EntrySource.Turn).Select(stamp => stamp.RunId).ShouldBeInOneStretchEach();
        await TurnInvariants.CheckAsync(rig, "m1");
        await TurnInvariants.CheckAsync(rig, "m2");

        Task Hold()
        {
            held.TrySetResult();
            return goOn.Task;
        }
    });

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void S22_WhenAnAbortArrivesDuringAWrite_NothingHangsAndTheWriteIsJudgedByItsId(int append, bool landed) => TurnRig.Run(async rig =>
    {
        using var abort = new CancellationTokenSource();
        var appends = 0;
        var tap = new BlobTap();
        tap.Before = (call, _) => AtWrite(call.Verb == BlobVerb.Append && ++appends == append && !landed);
        tap.Observe = () =>
        {
            rig.Observe();
            if (landed && appends == append && !abort.IsCancellationRequested)
            {
                abort.Cancel();
                throw new OperationCanceledException(abort.Token);
            }
        };
        rig.Model.Otherwise = [PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(1.5)), PlayedModel.Delta("two"), PlayedModel.Stop()];
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        var aborted = rig.Start(tap);
        var since = rig.Clock.GetUtcNow();

        await Should.ThrowAsync<OperationCanceledException>(() => aborted.StepAsync(turn, cancellationToken: abort.Token));

        appends.ShouldBe(append, "the abort met the write it was meant for");
        (rig.Clock.GetUtcNow() - since).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        var written = rig.Bytes();
        (await new PlayedOrchestration(rig).TurnAsync(turn)).ShouldNotBeNull().Ending.ShouldBe(TurnEnding.Replied);
        rig.Bytes().AsSpan(0, written.Length).SequenceEqual(written).ShouldBeTrue();
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("one two");
        rig.Model.Requests.Count.ShouldBe(append == 1 || (append == 3 && landed) ? 1 : 2, "what stands is not asked for again");
        await TurnInvariants.CheckAsync(rig, "m1");

        Task AtWrite(bool isIt)
        {
            if (isIt)
            {
                abort.Cancel();
            }

            return Task.CompletedTask;
        }
    });

    [Fact]
    public void S22_WhenAnOperatorEndsTheTurnDuringItsLastWrite_OnlyTheNoticeGoesOut() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        rig.Model.Then(PlayedModel.Delta("answer"), new Act.Call(() => Task.FromResult(tap.Before = EndAsync)), PlayedModel.Stop());

        var report = await rig.Start(tap).StepAsync(turn);

        report.Failure.ShouldBe(TurnFailure.Terminated);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("operator ended");
        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().ShouldAllBe(answer => answer.IsStub);
        await TurnInvariants.CheckAsync(rig, "m1");

        async Task EndAsync(BlobCall call, int number)
        {
            if (call.Verb == BlobVerb.Append)
            {
                tap.Before = null;
                await new PlayedOrchestration(rig).FinishAsync(turn, TurnEnding.Terminated, 0, TurnFailure.Terminated);
            }
        }
    });

    [Fact]
    public void S31_WhenAFinishedRunThatIsNotCleanedUpIsClaimedOver_ItStaysFinished() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1", "first question");
        var turn = await TurnRig.OpenAsync(rig.Start());
        await rig.Start().StepAsync(turn);
        var dying = rig.Start(new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.Delete ? TapAction.CrashBefore : TapAction.Pass });
        await Should.ThrowAsync<CrashException>(() => dying.Finisher.FinishAsync(Replied(turn), None));
        var standing = (await rig.Start().Receipts.FindAsync(turn.Run().Turn, None)).ShouldNotBeNull();
        rig.Model.Then(PlayedModel.Delta("second"), new Act.Wait(TimeSpan.FromSeconds(2)), new Act.Call(() => ComeLateAsync(rig, turn, standing, StepEnding.Busy)), PlayedModel.Stop());
        await rig.PassAsync(TimeSpan.FromSeconds(1));
        await rig.AcceptAsync("m2", "second question");

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        (receipt.Ending, receipt.TurnId).ShouldBe((TurnEnding.Replied, TurnRig.Delivery("m2").Turn.Value));
        receipt.Tally.Verdicts.ShouldBeEmpty();
        rig.Channel.Posts.Select(post => post.Text).ShouldBe(["the answer", "second"]);
        await ComeLateAsync(rig, turn, standing, StepEnding.Ended);
        await TurnInvariants.CheckAsync(rig, "m1");
        await TurnInvariants.CheckAsync(rig, "m2");
    });

    /// <summary>The finished run's activities run once more, when another run owns the session.</summary>
    private static async Task ComeLateAsync(TurnRig rig, TurnReference turn, Receipt standing, StepEnding ending)
    {
        var (before, claim) = (rig.Bytes(), rig.Claim());
        var report = await rig.Start().StepAsync(turn);
        var receipt = (await rig.Start().Finisher.FinishAsync(Replied(turn), None)).ShouldBeOfType<FinishOutcome.Finished>().Receipt;

        (report.Ending, report.Tally.Verdicts.Count).ShouldBe((ending, 0), "finished is finished");
        (receipt.Ending, receipt.FinishedAt).ShouldBe((standing.Ending, standing.FinishedAt));
        rig.Bytes().ShouldBe(before);
        rig.Claim().ShouldBe(claim);
        (await rig.NamesAsync(InboxItem.Root)).ShouldNotContain(name => name.Contains("-s-", StringComparison.Ordinal), "no verdict is noted");
    }

    private static FinishRequest Replied(TurnReference turn) => new(turn, TurnEnding.Replied, 0, null, TurnTally.Zero);
}
