using Holdfast.Delivery;
using Holdfast.Functions.Orchestrations;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Turns;
using Microsoft.DurableTask;
using Shouldly;
using Xunit;

namespace Holdfast.Functions.Tests;

/// <summary>
/// What the orchestrator makes of the moves that are decided elsewhere: activities, waits, and nothing missed in between.
/// </summary>
public sealed class SessionOrchestratorTests
{
    private static readonly SessionInput Input = new("agent:main:test:1", "before", IsTerminated: true);

    private static readonly TurnReference Turn = new(
        RunId.First(DeliveryId.Parse("test:m1").Turn).Value, Input.SessionKey, "11111111111111111111111111111111", 0, "main",
        MessagePriority.User, "inbox/x", "e", default, default, 0, false);

    private readonly Queue<Func<TurnCourse, TurnCourse>> _answers = [];
    private readonly List<TurnCourse> _asked = [];

    [Fact]
    public async Task RunAsync_WhenATurnIsPlain_CallsOneActivityAndWaitsForTheNextSignal()
    {
        _answers.Enqueue(Ended);
        var context = Context();

        var running = SessionOrchestrator.RunAsync(context);

        context.Called.ShouldBe([nameof(TurnActivity)]);
        running.IsCompleted.ShouldBeFalse();
        context.Statuses[^1].ShouldBe(new SessionStatus(SessionStatus.Idle, context.NewGuid().ToString("N")));
        var expected = new TurnCourse(Input.SessionKey, context.NewGuid().ToString("N"), "before", IsTerminated: true);
        _asked[0].ShouldBe(expected with { ToolCalls = _asked[0].ToolCalls });
        _answers.Enqueue(Ended);
        context.Signal();
        context.Called.Count.ShouldBe(2);
        await Task.CompletedTask;
    }

    [Fact]
    public void RunAsync_WhenToolsAreAskedFor_CallsThemAtOnceAndThenTheModelAgain()
    {
        var call = new ToolCallReference(Turn, 0, "c1", "exec");
        _answers.Enqueue(course => course with { Turn = Turn, Next = TurnMove.RunTools, ToolCalls = [call, call with { CallId = "c2" }] });
        _answers.Enqueue(Ended);
        var context = Context();

        _ = SessionOrchestrator.RunAsync(context);

        context.Called.ShouldBe([nameof(TurnActivity), nameof(ToolCallActivity), nameof(ToolCallActivity), nameof(ModelStepActivity)]);
        _asked[^1].ToolCalls.Select(told => told.CallId).ShouldBe(["c1", "c2"]);
        _asked[^1].Step.ShouldBe(1);
    }

    [Fact]
    public void RunAsync_WhenAnActivityFailsForGood_TheFinishIsCalledWithANotice()
    {
        _answers.Enqueue(course => throw Failed<InvalidDataException>(nameof(TurnActivity)));
        _answers.Enqueue(course => course with { Next = TurnMove.End });
        var context = Context();

        _ = SessionOrchestrator.RunAsync(context);

        context.Called.ShouldBe([nameof(TurnActivity), nameof(FinishTurnActivity)]);
        (_asked[^1].Ending, _asked[^1].Failure).ShouldBe((TurnEnding.Failed, TurnFailure.Internal));
        context.Statuses[^1].ShouldBeOfType<SessionStatus>().Phase.ShouldBe(SessionStatus.Idle);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RunAsync_WhenStorageFailsForGood_ComesBackLaterAndSaysNothing(bool isSignalled)
    {
        _answers.Enqueue(course => throw Failed<StorageUnavailableException>(nameof(TurnActivity)));
        _answers.Enqueue(Ended);
        var context = Context();

        _ = SessionOrchestrator.RunAsync(context);

        context.Called.ShouldBe([nameof(TurnActivity)]);
        context.Statuses[^1].ShouldBeOfType<SessionStatus>().Phase.ShouldBe(SessionStatus.Waiting);
        if (isSignalled)
        {
            context.Signal();
            context.Timers.ShouldHaveSingleItem().After.ShouldBe(TimeSpan.FromDays(1), "the wait's own timer is cancelled");
        }
        else
        {
            context.Timers.Single(timer => timer.After < TimeSpan.FromMinutes(1)).Fires.SetResult();
        }

        context.Called.ShouldBe([nameof(TurnActivity), nameof(TurnActivity)]);
    }

    [Theory]
    [InlineData(TurnMove.Finish, nameof(FinishTurnActivity))]
    [InlineData(TurnMove.Answer, nameof(ModelStepActivity))]
    public void RunAsync_WhenAPauseIsWanted_IsItsTimersAndNoActivitys(TurnMove next, string activity)
    {
        var context = Context();
        DateTimeOffset resumeAt = context.CurrentUtcDateTime + TimeSpan.FromMinutes(40);
        _answers.Enqueue(course => course with { Turn = Turn, Next = next, ResumeAt = resumeAt });
        _answers.Enqueue(Ended);

        _ = SessionOrchestrator.RunAsync(context);

        context.Called.ShouldBe([nameof(TurnActivity)]);
        context.Statuses[^1].ShouldBeOfType<SessionStatus>()
            .ShouldBe(new SessionStatus(SessionStatus.Waiting, context.NewGuid().ToString("N"), resumeAt));
        context.Signal();
        context.Called.Count.ShouldBe(1, "a message that comes meanwhile waits for its turn");
        context.Timers.Single(timer => timer.After == TimeSpan.FromMinutes(40)).Fires.SetResult();
        context.Called.Take(2).ShouldBe([nameof(TurnActivity), activity]);
        _asked[1].ResumeAt.ShouldBeNull();
    }

    [Fact]
    public void RunAsync_WhenASignalComesDuringTheTurn_LooksAgain()
    {
        SimulatedContext? context = null;
        _answers.Enqueue(course =>
        {
            context!.Signal();
            return Ended(course);
        });
        _answers.Enqueue(course => course with { Next = TurnMove.End });
        context = Context();

        _ = SessionOrchestrator.RunAsync(context);

        context.Called.Count.ShouldBe(2);
    }

    [Fact]
    public void RunAsync_WhenTheTurnSaysThatMoreWaits_LooksAgainWithoutASignal()
    {
        _answers.Enqueue(course => Ended(course) with { HasMore = true });
        _answers.Enqueue(Ended);
        var context = Context();

        _ = SessionOrchestrator.RunAsync(context);

        context.Called.Count.ShouldBe(2);
    }

    [Fact]
    public async Task RunAsync_AfterSomeTurns_CutsItsHistoryAndMissesNoSignal()
    {
        var context = Context();

        var running = SessionOrchestrator.RunAsync(context);
        for (var turns = 1; context.Continued is null; turns++)
        {
            turns.ShouldBeLessThan(50);
            context.Signal();
        }

        await running;
        context.Continued.ShouldBe(Input);
        context.Timers.ShouldBeEmpty("a timer of a history that is over would wake the next one");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_AfterADayOfQuiet_EndsUnlessATurnCameThatDay(bool hadTurn)
    {
        var context = Context();
        var running = SessionOrchestrator.RunAsync(context);
        if (hadTurn)
        {
            context.Signal();
        }

        context.Timers.ShouldHaveSingleItem().Fires.SetResult();

        await running;
        (context.Continued is not null).ShouldBe(hadTurn);
    }

    private static TurnCourse Ended(TurnCourse course) => course with { Turn = Turn, Next = TurnMove.End, Ending = TurnEnding.Replied };

    private static TaskFailedException Failed<T>(string activity)
        where T : Exception => new(activity, 1, new TaskFailureDetails(typeof(T).FullName!, "It failed.", null, null, null));

    private SimulatedContext Context() => new(Input, (name, input) =>
    {
        if (input is not TurnCourse course)
        {
            return Task.FromResult<object?>(TurnTally.Zero);
        }

        _asked.Add(course);
        return Task.FromResult<object?>(_answers.TryDequeue(out var answer) ? answer(course) : course with { Next = TurnMove.End });
    });
}
