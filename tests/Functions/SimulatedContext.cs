using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Functions.Tests;

/// <summary>
/// An orchestration's context in a test's hand: activities are answered by a function, events and timers by the test. Replays nothing.
/// </summary>
internal sealed class SimulatedContext(object input, Func<string, object?, Task<object?>> activity) : TaskOrchestrationContext
{
    private readonly Queue<TaskCompletionSource<bool>> _waiting = [];
    private int _signals;

    public override TaskName Name => "simulated";

    public override string InstanceId => "simulated";

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime { get; } = new(2026, 11, 27, 12, 0, 0, DateTimeKind.Utc);

    public override bool IsReplaying => false;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    /// <summary>Names of the activities that were called, in order.</summary>
    public List<string> Called { get; } = [];

    public List<object?> Statuses { get; } = [];

    /// <summary>Timers that were created and neither fired nor were cancelled.</summary>
    public List<(TimeSpan After, TaskCompletionSource Fires)> Timers { get; } = [];

    /// <summary>What the next history begins with; null while this one goes on.</summary>
    public object? Continued { get; private set; }

    public override T GetInput<T>() => (T)input;

    public void Signal()
    {
        if (_waiting.TryDequeue(out var waiter))
        {
            waiter.SetResult(true);
        }
        else
        {
            _signals++;
        }
    }

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        Called.Add(name.Name);
        return (TResult)(await activity(name.Name, input))!;
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var timer = (After: fireAt - CurrentUtcDateTime, Fires: new TaskCompletionSource());
        Timers.Add(timer);
        cancellationToken.Register(() =>
        {
            Timers.Remove(timer);
            timer.Fires.TrySetCanceled(cancellationToken);
        });
        return timer.Fires.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        var waiter = new TaskCompletionSource<bool>();
        if (_signals > 0)
        {
            _signals--;
            waiter.SetResult(true);
        }
        else
        {
            _waiting.Enqueue(waiter);
        }

        return (Task<T>)(object)waiter.Task;
    }

    public override void SetCustomStatus(object? customStatus) => Statuses.Add(customStatus);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => Continued = newInput;

    public override Guid NewGuid() => new(1, 0, 0, new byte[8]);

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        throw new NotSupportedException();
}
