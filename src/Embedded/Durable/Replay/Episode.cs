using Holdfast.Embedded.Durable.History;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.Replay;

/// <summary>An orchestrator's code.</summary>
internal delegate Task<object?> OrchestratorCode(TaskOrchestrationContext context);

/// <summary>
/// One step of an orchestrator: its code runs from the beginning over the history and then on with what arrived. It runs from the
/// beginning at every step, not only after a restart, so that code which is not deterministic is found out at once.
/// Pure but for the code's own doings: the same history and arrivals give the same outcome.
/// </summary>
internal sealed class Episode
{
    private readonly OrchestratorCode _code;
    private readonly DataConverter _converter;
    private readonly EpisodeThread _thread;
    private readonly ReplayContext _context;
    private readonly List<(HistoryEvent Event, int Index)> _unseen = [];
    private Task<object?>? _run;

    private Episode(OrchestratorCode code, Execution execution, DataConverter converter, ILoggerFactory loggers, Action onForeign)
    {
        _code = code;
        _converter = converter;
        _thread = new EpisodeThread(onForeign);
        _context = new ReplayContext(execution.Started, _thread, converter, loggers);
    }

    /// <param name="code">The orchestrator.</param>
    /// <param name="execution">What is recorded.</param>
    /// <param name="arrived">What is not recorded yet, in the order it came.</param>
    /// <param name="now">The clock of this step; never before the one of the step before.</param>
    /// <param name="converter">For payloads.</param>
    /// <param name="loggers">For replay-safe loggers.</param>
    /// <param name="onForeign">Told, possibly much later, when the code turns out to have awaited something not durable.</param>
    public static EpisodeOutcome Run(
        OrchestratorCode code,
        Execution execution,
        IReadOnlyList<HistoryEvent> arrived,
        DateTimeOffset now,
        DataConverter converter,
        ILoggerFactory loggers,
        Action onForeign)
    {
        var episode = new Episode(code, execution, converter, loggers, onForeign);
        try
        {
            episode.Replay(execution.Events);
            episode.Continue(execution.Events.Count, arrived, now);
        }
        catch (NonDeterminismException different)
        {
            episode._thread.Close();
            return new EpisodeOutcome(now, [], [], null, new EpisodeEnd.Threw(different.Failure));
        }

        episode._thread.Close();
        return episode.Judge(now);
    }

    private void Replay(IReadOnlyList<HistoryEvent> events)
    {
        _context.Replaying = true;
        for (var index = 0; index < events.Count; index++)
        {
            switch (events[index])
            {
                case ExecutionStarted { Carried: { } carried }:
                    _unseen.AddRange(carried.Select(one => ((HistoryEvent)one, index)));
                    break;
                case OrchestratorStarted step:
                    EndStep(index);
                    _context.Now = step.At;
                    Step();
                    break;
                case TaskScheduled or TimerCreated or SubOrchestrationInstanceCreated or EventSent:
                    _context.Ledger.Confirm(events[index], index);
                    break;
                case TaskCompleted or TaskFailed or TimerFired or EventRaised
                    or SubOrchestrationInstanceCompleted or SubOrchestrationInstanceFailed:
                    _unseen.Add((events[index], index));
                    break;
                default:
                    break;
            }
        }

        EndStep(events.Count);
    }

    private void Continue(int recorded, IReadOnlyList<HistoryEvent> arrived, DateTimeOffset now)
    {
        _unseen.AddRange(arrived.Select((one, index) => (one, recorded + index)));
        _context.Now = now;
        _context.Replaying = false;
        Step();
    }

    private void Step()
    {
        if (_run is null)
        {
            _thread.Run(() => _run = Start());
        }

        foreach (var (one, index) in _unseen)
        {
            if (_run is { IsCompleted: false })
            {
                _thread.Run(() => _context.Deliver(one, index));
            }
            else if (one is EventRaised raised)
            {
                _context.Events.Keep(raised);
            }
        }

        _unseen.Clear();
    }

    private Task<object?> Start()
    {
        try
        {
            return _code(_context);
        }
        catch (Exception thrown)
        {
            return Task.FromException<object?>(thrown);
        }
    }

    private void EndStep(int index)
    {
        _context.Ledger.EndStep(index);
        if (_run is { IsCompleted: true })
        {
            throw _context.Ledger.Differs(index, "the code has ended here, the history goes on.");
        }
    }

    private EpisodeOutcome Judge(DateTimeOffset now)
    {
        var end = _thread.WasForeign || (_run is { IsCompleted: false } && !_context.AwaitsDurably)
            ? new EpisodeEnd.Threw(Complaints.NotDurableFailure)
            : End();
        return new EpisodeOutcome(now, [.. _context.Ledger.Unconfirmed], _context.CancelledTimers, _context.CustomStatus, end);
    }

    private EpisodeEnd? End()
    {
        if (_run is not { IsCompleted: true })
        {
            return null;
        }

        try
        {
            var output = _run.GetAwaiter().GetResult();
            return _context.Renewal is { } renewal
                ? new EpisodeEnd.Renewed(
                    _converter.Serialize(renewal.NewInput),
                    string.IsNullOrWhiteSpace(renewal.NewVersion) ? null : renewal.NewVersion,
                    renewal.PreserveUnprocessedEvents ? [.. _context.Events.Unused] : [])
                : new EpisodeEnd.Returned(_converter.Serialize(output));
        }
        catch (Exception thrown)
        {
            return new EpisodeEnd.Threw(FailureRecord.Of(thrown));
        }
    }
}
