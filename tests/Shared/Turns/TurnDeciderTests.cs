using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>The order of a turn's steps, move by move.</summary>
public sealed class TurnDeciderTests
{
    private static readonly TurnReference Turn = new()
    {
        RunId = TurnFixture.RunOf("m1"),
        SessionKey = TurnFixture.Key,
        SessionId = TurnFixture.Session,
        Segment = 0,
        AgentId = "main",
        Priority = MessagePriority.User,
        InboxPath = BlobPath.Parse("inbox/x"),
        InboxETag = BlobETag.Parse("e"),
        AcceptedAt = default,
        DeadlineAt = default,
    };

    private static readonly TurnReference Elsewhere = Turn with { SessionId = SessionId.Parse("22222222222222222222222222222222") };
    private static readonly ToolCallReference Call = new(Turn, 0, "c1", "exec");
    private static readonly TurnCourse Opened = new(TurnFixture.Key, "mark", null, IsTerminated: false) { Turn = Turn };

    [Theory]
    [InlineData(StepEnding.Answered, TurnMove.Finish, TurnEnding.Replied)]
    [InlineData(StepEnding.Detached, TurnMove.Finish, TurnEnding.Superseded)]
    [InlineData(StepEnding.Failed, TurnMove.Finish, TurnEnding.Failed)]
    [InlineData(StepEnding.ToolsRequested, TurnMove.RunTools, null)]
    [InlineData(StepEnding.TakenOver, TurnMove.Answer, null)]
    [InlineData(StepEnding.Busy, TurnMove.ComeBackLater, null)]
    [InlineData(StepEnding.Ended, TurnMove.End, null)]
    public void AfterStep_WhenTheFirstStepEnded_MovesOn(StepEnding ending, TurnMove next, TurnEnding? turnEnding)
    {
        var course = TurnDecider.AfterStep(Opened, Result(ending));

        (course.Next, course.Ending).ShouldBe((next, turnEnding));
        course.Tally.Deltas.ShouldBe(3);
    }

    [Fact]
    public void AfterStep_WhenTheStepFailed_EndsWithItsOwnFailureAndRunsNoMoreTools()
    {
        var course = TurnDecider.AfterStep(Opened, Result(StepEnding.Failed) with { ToolCalls = [Call] });

        (course.Next, course.Failure, course.ToolCalls.Count).ShouldBe((TurnMove.Finish, TurnFailure.ModelSilent, 0));
    }

    [Fact]
    public void AfterStep_WhenAnswered_HasNoFailure() =>
        TurnDecider.AfterStep(Opened, Result(StepEnding.Answered)).Failure.ShouldBeNull();

    [Fact]
    public void Terminated_Always_EndsWithTheOperatorsNotice()
    {
        var course = TurnDecider.Terminated(Opened with { Next = TurnMove.RunTools, ToolCalls = [Call] });

        (course.Next, course.Ending, course.Failure, course.ToolCalls.Count)
            .ShouldBe((TurnMove.Finish, TurnEnding.Terminated, TurnFailure.Terminated, 0));
    }

    [Fact]
    public void AfterStep_WhenTheStepIsPutOff_RunsItAgainLaterWithAllThatItHad()
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 1, 0, TimeSpan.Zero);
        var failed = new FailedCall("first", ModelFailureKind.Throttled, TimeSpan.FromSeconds(50));
        var course = TurnDecider.AfterStep(
            Opened with { Step = 2, ToolCalls = [Call] }, Result(StepEnding.PutOff) with { ResumeAt = at, FailedCalls = [failed] });
        var after = TurnDecider.AfterStep(course, Result(StepEnding.ToolsRequested));

        (course.Next, course.Step, course.ResumeAt).ShouldBe((TurnMove.Answer, 2, at));
        (course.ToolCalls.Single(), course.FailedCalls.Single()).ShouldBe((Call, failed));
        (after.ResumeAt, after.FailedCalls.Count).ShouldBe((null, 0));
    }

    [Fact]
    public void AfterTools_Always_AsksTheModelWithTheirResults()
    {
        var asked = TurnDecider.AfterStep(Opened, Result(StepEnding.ToolsRequested) with { ToolCalls = [Call] });
        var course = TurnDecider.AfterTools(asked, [TurnTally.Zero with { ToolCalls = 1 }, TurnTally.Zero with { ToolCalls = 1 }]);

        (course.Next, course.Step, course.Tally.ToolCalls).ShouldBe((TurnMove.Answer, 1, 2));
        course.ToolCalls.ShouldBe([Call]);
    }

    [Theory]
    [InlineData(StepEnding.TakenOver)]
    [InlineData(StepEnding.SessionEnded)]
    public void AfterStep_WhenTheRunLostItsSession_IsQueuedAgainOnceAndThenEndsWithANotice(StepEnding lost)
    {
        var report = Result(lost) with { Reopened = lost == StepEnding.SessionEnded ? Elsewhere : null };
        var again = TurnDecider.AfterStep(Opened with { Step = 2, ToolCalls = [Call] }, report);
        var over = TurnDecider.AfterStep(again with { Step = 1 }, report);

        (again.Next, again.Step, again.ToolCalls.Count, again.Turn!.RunId)
            .ShouldBe((TurnMove.Answer, 0, 0, TurnFixture.RunOf("m1").Next()));
        again.Turn.SessionId.ShouldBe(lost == StepEnding.SessionEnded ? Elsewhere.SessionId : Turn.SessionId);
        (over.Next, over.Failure).ShouldBe((TurnMove.Finish, TurnFailure.TakenOver));
    }

    [Fact]
    public void AfterStep_WhenTheSessionEndedBeforeTheTurnBegan_BeginsInTheNextAsTheSameRun()
    {
        var course = TurnDecider.AfterStep(Opened, Result(StepEnding.SessionEnded) with { Reopened = Elsewhere });

        (course.Next, course.Turn).ShouldBe((TurnMove.Answer, Elsewhere));
    }

    [Theory]
    [InlineData(TurnMove.Answer)]
    [InlineData(TurnMove.RunTools)]
    public void AfterFailure_OfAnythingButTheFinish_TellsWhoeverWrote(TurnMove failed)
    {
        var course = TurnDecider.AfterFailure(Opened with { Next = failed }, mayPass: false);

        (course.Next, course.Ending, course.Failure).ShouldBe((TurnMove.Finish, TurnEnding.Failed, TurnFailure.Internal));
        TurnDecider.AfterFailure(course, mayPass: false).Next.ShouldBe(TurnMove.ComeBackLater, "the message stays in the inbox");
        TurnDecider.AfterFailure(Opened with { Next = failed }, mayPass: true).Next.ShouldBe(TurnMove.ComeBackLater);
    }

    [Fact]
    public void MayPass_Always_TellsStorageAndPlatformFromFaultsOfOurOwn()
    {
        TurnDecider.MayPass("Holdfast.Storage.StorageUnavailableException").ShouldBeTrue();
        TurnDecider.MayPass("Holdfast.Delivery.DeliveryUnfinishedException").ShouldBeTrue();
        TurnDecider.MayPass("System.IO.InvalidDataException").ShouldBeFalse();
    }

    private static StepResult Result(StepEnding ending) => new(ending)
    {
        Failure = ending == StepEnding.Failed ? TurnFailure.ModelSilent : null,
        Tally = TurnTally.Zero with { Deltas = 3 },
    };
}
