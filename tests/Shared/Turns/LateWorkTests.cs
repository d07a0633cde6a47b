using Holdfast.Delivery;
using Holdfast.Inbox;
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
    public void S11_WhenTheLastTurnsMaintenanceOverlapsTheNextTurn_NeitherHarmsTheOther(BlobVerb heldAt) => TurnFixture.Run(async fixture =>
    {
        var (held, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = fixture.Start(
            new BlobTap
            {
                HoldBefore = (call, _) => call.Verb == heldAt && !call.Name.StartsWith("outbox/", StringComparison.Ordinal) ? Hold() : null,
            });
        await fixture.AcceptAsync("m1", "first question");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        await fixture.Start().StepAsync(turn);
        var late = slow.FinishAsync(turn);
        await held.Task;
        fixture.Model.Then(
            SimulatedModel.Delta("second "), new Act.Wait(TimeSpan.FromSeconds(5)),
            new Act.Call(async () =>
            {
                goOn.SetResult();
                (await late).Next.ShouldBe(TurnMove.End);
            }),
            new Act.Call(
                () => fixture.Start().SideWriter.FlushAsync(TurnFixture.Key, new(TurnFixture.Key, TurnFixture.Session, 1, 0), None)),
            SimulatedModel.Delta("answer"), new Act.Wait(TimeSpan.FromSeconds(25)), SimulatedModel.Stop());
        await fixture.AcceptAsync("m2", "second question");
        await fixture.Start().Inbox.AddSideEntryAsync(
            TurnFixture.Key, TurnFixture.Delivery("side"), fixture.Clock.GetUtcNow(), TurnFixture.Lines(
                Lines.Custom(Lines.By("side", EntrySource.Side))), None);
        var next = new SimulatedOrchestration(fixture);
        await next.FinishAsync(turn, TurnEnding.Replied, 0, null);

        var receipt = (await next.RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.Tally.Verdicts.ShouldBeEmpty();
        fixture.Channel.Posts.Select(post => post.Text).ShouldBe(["the answer", "second answer"]);
        fixture.Entries()
            .Select(entry => entry.Provenance!)
            .Where(provenance => provenance.Source == EntrySource.Turn)
            .Select(provenance => provenance.RunId)
            .ShouldBeInOneStretchEach();
        await TurnInvariants.CheckAsync(fixture, "m1");
        await TurnInvariants.CheckAsync(fixture, "m2");

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
    public void S22_WhenAnAbortArrivesDuringAWrite_NothingHangsAndTheWriteIsJudgedByItsId(int append, bool landed) =>
        TurnFixture.Run(async fixture =>
    {
        using var abort = new CancellationTokenSource();
        var appends = 0;
        var tap = new BlobTap();
        tap.Before = (call, _) => AtWrite(call.Verb == BlobVerb.Append && ++appends == append && !landed);
        tap.Observe = () =>
        {
            fixture.Observe();
            if (landed && appends == append && !abort.IsCancellationRequested)
            {
                abort.Cancel();
                throw new OperationCanceledException(abort.Token);
            }
        };
        fixture.Model.Otherwise =
        [
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(1.5)), SimulatedModel.Delta("two"), SimulatedModel.Stop(),
        ];
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        var aborted = fixture.Start(tap);
        var since = fixture.Clock.GetUtcNow();

        await Should.ThrowAsync<OperationCanceledException>(() => aborted.StepAsync(turn, cancellationToken: abort.Token));

        appends.ShouldBe(append, "the abort met the write it was meant for");
        (fixture.Clock.GetUtcNow() - since).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        var written = fixture.Bytes();
        (await new SimulatedOrchestration(fixture).TurnAsync(turn)).ShouldNotBeNull().Ending.ShouldBe(TurnEnding.Replied);
        fixture.Bytes().AsSpan(0, written.Length).SequenceEqual(written).ShouldBeTrue();
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("one two");
        fixture.Model.Requests.Count.ShouldBe(append == 1 || (append == 3 && landed) ? 1 : 2, "what stands is not asked for again");
        await TurnInvariants.CheckAsync(fixture, "m1");

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
    public void S22_WhenAnOperatorEndsTheTurnDuringItsLastWrite_OnlyTheNoticeGoesOut() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        fixture.Model.Then(
            SimulatedModel.Delta("answer"), new Act.Call(() => Task.FromResult(tap.Before = EndAsync)), SimulatedModel.Stop());

        var report = await fixture.Start(tap).StepAsync(turn);

        report.Failure.ShouldBe(TurnFailure.Terminated);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("operator ended");
        fixture.Entries().OfType<TranscriptEntry.AssistantMessage>().ShouldAllBe(answer => answer.IsStub);
        await TurnInvariants.CheckAsync(fixture, "m1");

        async Task EndAsync(BlobCall call, int number)
        {
            if (call.Verb == BlobVerb.Append)
            {
                tap.Before = null;
                await new SimulatedOrchestration(fixture).FinishAsync(turn, TurnEnding.Terminated, 0, TurnFailure.Terminated);
            }
        }
    });

    [Fact]
    public void S31_WhenAFinishedRunThatIsNotCleanedUpIsClaimedOver_ItStaysFinished() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1", "first question");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        await fixture.Start().StepAsync(turn);
        var dying = fixture.Start(
            new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.Delete ? TapAction.CrashBefore : TapAction.Pass });
        await Should.ThrowAsync<CrashException>(() => dying.FinishAsync(turn));
        var standing = (await fixture.Start().Receipts.FindAsync(turn.RunId.Turn, None)).ShouldNotBeNull();
        fixture.Model.Then(
            SimulatedModel.Delta("second"), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(() => ComeLateAsync(fixture, turn, standing, StepEnding.Busy)), SimulatedModel.Stop());
        await fixture.PassAsync(TimeSpan.FromSeconds(1));
        await fixture.AcceptAsync("m2", "second question");

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        (receipt.Ending, receipt.TurnId).ShouldBe((TurnEnding.Replied, TurnFixture.Delivery("m2").Turn));
        receipt.Tally.Verdicts.ShouldBeEmpty();
        fixture.Channel.Posts.Select(post => post.Text).ShouldBe(["the answer", "second"]);
        await ComeLateAsync(fixture, turn, standing, StepEnding.Ended);
        await TurnInvariants.CheckAsync(fixture, "m1");
        await TurnInvariants.CheckAsync(fixture, "m2");
    });

    /// <summary>The finished run's activities run once more, when another run owns the session.</summary>
    private static async Task ComeLateAsync(TurnFixture fixture, TurnReference turn, Receipt standing, StepEnding ending)
    {
        var (before, claim) = (fixture.Bytes(), fixture.Claim());
        var report = await fixture.Start().StepAsync(turn);
        (await fixture.Start().FinishAsync(turn)).Next.ShouldBe(TurnMove.End);
        var receipt = (await fixture.Start().Receipts.FindAsync(turn.RunId.Turn, None)).ShouldNotBeNull();

        (report.Ending, report.Tally.Verdicts.Count).ShouldBe((ending, 0), "finished is finished");
        (receipt.Ending, receipt.FinishedAt).ShouldBe((standing.Ending, standing.FinishedAt));
        fixture.Bytes().ShouldBe(before);
        fixture.Claim().ShouldBe(claim);
        (await fixture.NamesAsync(InboxItem.Root))
            .ShouldNotContain(name => name.Contains("-s-", StringComparison.Ordinal), "no verdict is noted");
    }
}
