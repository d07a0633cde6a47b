using Holdfast.Embedded.Durable.History;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Durable.Replay;

/// <summary>The context one step gives to an orchestrator. It only notes what is asked for; nothing runs before the step is recorded.</summary>
internal sealed class ReplayContext(
    HistoryEvent.ExecutionStarted started, EpisodeThread thread, DataConverter converter, ILoggerFactory loggers) : TaskOrchestrationContext
{
    private readonly Dictionary<int, OpenCall> _calls = [];
    private readonly Dictionary<int, TaskCompletionSource> _timers = [];
    private readonly HashSet<int> _cancelledTimers = [];
    private int _guids;

    public override TaskName Name { get; } = new(started.Name);

    public override string InstanceId => started.InstanceId;

    public override ParentOrchestrationInstance? Parent { get; } =
        started.Parent is { } parent ? new(new TaskName(parent.Name), parent.InstanceId) : null;

    public override DateTime CurrentUtcDateTime => Now.UtcDateTime;

    public override bool IsReplaying => Replaying;

    public override string Version => started.Version ?? string.Empty;

    public DateTimeOffset Now { get; set; } = started.At;

    public bool Replaying { get; set; }

    public ActionLedger Ledger { get; } = new(started.Name);

    public ExternalEvents Events { get; } = new(converter);

    public IReadOnlyCollection<int> CancelledTimers => _cancelledTimers;

    public CustomStatusValue? CustomStatus { get; private set; }

    public ContinueAsNewOptions? Renewal { get; private set; }

    /// <summary>True when something durable can still wake the orchestrator.</summary>
    public bool AwaitsDurably => _calls.Count > 0 || _timers.Count > 0 || Events.HasWaiters;

    protected override ILoggerFactory LoggerFactory => loggers;

    public override T? GetInput<T>()
        where T : default
    {
        EnsureOrchestrator();
        return converter.Deserialize<T>(started.Input);
    }

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        EnsureOrchestrator();
        ThrowIfOptionsAsInput(input, options);
        ArgumentException.ThrowIfNullOrEmpty(name.Name, nameof(name));
        var data = converter.Serialize(input);
        return RetryLoop.RunAsync(this, options?.Retry, () =>
        {
            EnsureOrchestrator();
            var id = Ledger.NextId;
            Ledger.Add(new HistoryEvent.TaskScheduled(Now, id, name.Name, data));
            return AnswerAsync<TResult>(Open(id, name.Name));
        });
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        EnsureOrchestrator();
        ThrowIfOptionsAsInput(input, options);
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        var data = converter.Serialize(input);
        var childId = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        return RetryLoop.RunAsync(this, options?.Retry, () =>
        {
            EnsureOrchestrator();
            var id = Ledger.NextId;
            Ledger.Add(new HistoryEvent.SubOrchestrationInstanceCreated(Now, id, orchestratorName.Name, childId, data)
            {
                Version = options?.Version?.Version,
                Tags = options?.Tags?.AsReadOnly(),
            });
            return AnswerAsync<TResult>(Open(id, orchestratorName.Name));
        });
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        EnsureOrchestrator();
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var id = Ledger.NextId;
        Ledger.Add(new HistoryEvent.TimerCreated(Now, id, new DateTimeOffset(fireAt.ToUniversalTime())));
        var source = new TaskCompletionSource();
        _timers.Add(id, source);
        cancellationToken.Register(() => Cancel(id, cancellationToken));
        return source.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        EnsureOrchestrator();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return Events.WaitAsync<T>(eventName, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        EnsureOrchestrator();
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        Ledger.Add(new HistoryEvent.EventSent(Now, Ledger.NextId, instanceId, eventName, converter.Serialize(payload)));
    }

    public override void SetCustomStatus(object? customStatus)
    {
        EnsureOrchestrator();
        CustomStatus = new CustomStatusValue(converter.Serialize(customStatus));
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        EnsureOrchestrator();
        Renewal = options;
    }

    public override Guid NewGuid()
    {
        EnsureOrchestrator();
        return DeterministicGuid.Create(InstanceId, CurrentUtcDateTime, _guids++);
    }

    /// <summary>Hands an answer or an event to whoever awaits it.</summary>
    /// <exception cref="NonDeterminismException">It answers a call that the code never made.</exception>
    public void Deliver(HistoryEvent one, int index)
    {
        switch (one)
        {
            case HistoryEvent.EventRaised raised: Events.Raise(raised); break;
            case HistoryEvent.TaskCompleted completed: Take(completed.Id, index).Source.SetResult(completed.Result); break;
            case HistoryEvent.TaskFailed failed: Fail(failed.Id, failed.Failure, index); break;
            case HistoryEvent.SubOrchestrationInstanceCompleted completed: Take(completed.Id, index).Source.SetResult(completed.Result); break;
            case HistoryEvent.SubOrchestrationInstanceFailed failed: Fail(failed.Id, failed.Failure, index); break;
            case HistoryEvent.TimerFired fired: Fire(fired.Id, index); break;
            default: break;
        }
    }

    private static void ThrowIfOptionsAsInput(object? input, TaskOptions? options)
    {
        if (input is TaskOptions && options is null)
        {
            throw new ArgumentException("TaskOptions were given as the input. Pass null as the input, or name the argument 'options'.", nameof(input));
        }
    }

    private OpenCall Open(int id, string name)
    {
        var call = new OpenCall(id, name, new TaskCompletionSource<string?>());
        _calls.Add(id, call);
        return call;
    }

    private async Task<TResult> AnswerAsync<TResult>(OpenCall call) => converter.Deserialize<TResult>(await call.Source.Task)!;

    private OpenCall Take(int id, int index) => _calls.Remove(id, out var call)
        ? call
        : throw Ledger.Differs(index, $"the history has an answer to call #{id}, which the code never made.");

    private void Fail(int id, FailureRecord failure, int index)
    {
        var call = Take(id, index);
        call.Source.SetException(new TaskFailedException(call.Name, call.Id, failure.ToDetails()));
    }

    private void Fire(int id, int index)
    {
        if (_timers.Remove(id, out var source))
        {
            source.SetResult();
        }
        else if (!_cancelledTimers.Contains(id))
        {
            throw Ledger.Differs(index, $"the history says that timer #{id} fired, which the code never created.");
        }
    }

    private void Cancel(int id, CancellationToken cancellationToken)
    {
        if (!thread.IsCurrent)
        {
            thread.ReportForeign();
        }
        else if (_timers.Remove(id, out var source))
        {
            _cancelledTimers.Add(id);
            source.SetCanceled(cancellationToken);
        }
    }

    private void EnsureOrchestrator()
    {
        if (!thread.IsCurrent)
        {
            thread.ReportForeign();
            throw new InvalidOperationException(Complaints.NotDurable);
        }
    }

    private sealed record OpenCall(int Id, string Name, TaskCompletionSource<string?> Source);
}
