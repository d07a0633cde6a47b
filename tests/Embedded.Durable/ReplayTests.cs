using Holdfast.Embedded.Durable.History;
using Holdfast.Embedded.Durable.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.Tests;

/// <summary>The pure core: a history and what arrived, in; what to record, out.</summary>
public sealed class ReplayTests
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Run_WhenTheHistoryIsTheSame_ComesToTheSame()
    {
        var execution = Of(new OrchestratorStarted(T0), new TaskScheduled(T0, 0, "A", "1"));

        var once = Run(Pair, execution, new TaskCompleted(T0, 0, "5"));
        var twice = Run(Pair, execution, new TaskCompleted(T0, 0, "5"));

        once.Actions.ShouldBe([new TaskScheduled(T0.AddMinutes(1), 1, "B", "5")]);
        twice.Actions.ShouldBe(once.Actions);
        twice.End.ShouldBeNull();
    }

    [Fact]
    public void Run_WhenNothingIsNew_AsksForNothing()
    {
        var execution = Of(new OrchestratorStarted(T0), new TaskScheduled(T0, 0, "A", "1"));

        Run(Pair, execution).Actions.ShouldBeEmpty();
    }

    [Fact]
    public void Run_WhenReplayed_ShowsEachStepItsOwnClock()
    {
        var clock = new List<(DateTime, bool)>();
        var execution = Of(
            new OrchestratorStarted(T0), new TaskScheduled(T0, 0, "A", null),
            new TaskCompleted(T0, 0, null), new OrchestratorStarted(T0.AddSeconds(7)), new TaskScheduled(T0, 1, "A", null));

        Run(
            async context =>
            {
                for (var n = 0; n < 3; n++)
                {
                    clock.Add((context.CurrentUtcDateTime, context.IsReplaying));
                    await context.CallActivityAsync("A");
                }

                return null;
            },
            execution,
            new TaskCompleted(T0, 1, null));

        clock.ShouldBe([(T0.UtcDateTime, true), (T0.AddSeconds(7).UtcDateTime, true), (T0.AddMinutes(1).UtcDateTime, false)]);
    }

    [Fact]
    public void Run_WhenTheHistoryAnswersACallThatWasNeverMade_IsNonDeterministic()
    {
        var execution = Of(new OrchestratorStarted(T0), new TaskScheduled(T0, 0, "A", "1"), new TaskCompleted(T0, 9, null));

        Failure(Run(Pair, execution)).ShouldContain("call #9, which the code never made");
    }

    [Fact]
    public void Run_WhenATimerFiresThatWasNeverCreated_IsNonDeterministic()
    {
        var execution = Of(new OrchestratorStarted(T0), new TaskScheduled(T0, 0, "A", "1"));

        Failure(Run(Pair, execution, new TimerFired(T0, 4, T0))).ShouldContain("timer #4 fired, which the code never created");
    }

    [Fact]
    public void Run_WhenAnEventComesInTheStepThatEnds_KeepsItForTheNextExecution()
    {
        var outcome = Run(
            async context =>
            {
                _ = context.WaitForExternalEvent<int>("left behind");
                await context.WaitForExternalEvent<int>("go");
                context.ContinueAsNew(1);
                return null;
            },
            Of(),
            new EventRaised(T0, "go", "1"),
            new EventRaised(T0, "left behind", "2"));

        outcome.End.ShouldBeOfType<EpisodeEnd.Renewed>().Carried.ShouldBe([new EventRaised(T0, "left behind", "2")]);
    }

    [Fact]
    public void Lines_WhenWrittenAndRead_AreTheSame()
    {
        var failure = new FailureRecord("T", "m", null, new FailureRecord("I", "n", "s", null));
        var started = Of().Started with { Parent = new ParentLink("P", "p", "e", 3), StartAt = T0, Carried = [new EventRaised(T0, "e", null)] };
        HistoryEvent[] all =
        [
            started, new OrchestratorStarted(T0), new TaskScheduled(T0, 0, "A", "\"ü\n\""), new TaskCompleted(T0, 0, null), new TaskFailed(T0, 1, failure),
            new SubOrchestrationInstanceCreated(T0, 2, "C", "c", null), new SubOrchestrationInstanceCompleted(T0, 2, "1"),
            new SubOrchestrationInstanceFailed(T0, 2, failure), new TimerCreated(T0, 3, T0.AddTicks(1)), new TimerFired(T0, 3, T0.AddTicks(1)),
            new EventSent(T0, 4, "i", "n", null), new CustomStatusSet(T0, null), new ExecutionSuspended(T0, "r"), new ExecutionResumed(T0, null),
            new ExecutionTerminated(T0, "o"), new ExecutionCompleted(T0, Microsoft.DurableTask.Client.OrchestrationRuntimeStatus.Failed, null, failure),
        ];

        var lines = HistoryLines.Write(all);

        var read = HistoryLines.Read(lines.Span);
        read.Skip(1).ShouldBe(all.Skip(1));
        ((ExecutionStarted)read[0]).Carried!.ShouldBe(started.Carried);
        System.Text.Encoding.UTF8.GetString(lines.Span).Split('\n')[2]
            .ShouldBe("""{"e":"TaskScheduled","id":0,"name":"A","input":"\u0022\u00FC\n\u0022","at":"2026-01-02T03:04:05+00:00"}""");
    }

    private static async Task<object?> Pair(TaskOrchestrationContext context) =>
        await context.CallActivityAsync<int>("B", await context.CallActivityAsync<int>("A", 1));

    private static Execution Of(params HistoryEvent[] events)
    {
        var execution = new Execution(new ExecutionStarted(T0, "Main", "id", "execution", null) { CreatedAt = T0 });
        foreach (var one in events)
        {
            execution.Apply(one);
        }

        return execution;
    }

    private static EpisodeOutcome Run(OrchestratorCode code, Execution execution, params HistoryEvent[] arrived) => Episode.Run(
        code, execution, arrived, T0.AddMinutes(1), JsonDataConverter.Default, NullLoggerFactory.Instance, static () => { });

    private static string Failure(EpisodeOutcome outcome) => outcome.End.ShouldBeOfType<EpisodeEnd.Threw>().Failure.Message;
}
