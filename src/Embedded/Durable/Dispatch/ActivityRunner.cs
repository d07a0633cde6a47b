using System.Collections.Concurrent;
using Holdfast.Embedded.Durable.History;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>Runs activities. When the engine stops, those that run are cancelled and answer nothing: the next start runs them again.</summary>
internal sealed partial class ActivityRunner(
    FunctionTable functions, DataConverter converter, DurableOptions options, TimeProvider time, ILogger logger, CancellationToken stopping) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.MaxConcurrentActivities);
    private readonly ConcurrentDictionary<Task, byte> _running = new();

    /// <summary>Completes when nothing runs any more.</summary>
    public Task Idle => Task.WhenAll(_running.Keys);

    /// <summary>Runs an activity in the background and hands its answer to <paramref name="answer"/>, once or never.</summary>
    public void Start(string instanceId, TaskScheduled scheduled, Action<HistoryEvent> answer)
    {
        var run = Task.Run(() => RunAsync(instanceId, scheduled, answer), CancellationToken.None);
        _running.TryAdd(run, 0);
        run.ContinueWith(done => _running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    public void Dispose() => _places.Dispose();

    private async Task RunAsync(string instanceId, TaskScheduled scheduled, Action<HistoryEvent> answer)
    {
        try
        {
            await _places.WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            var result = await InvokeAsync(scheduled);
            answer(new TaskCompleted(time.GetUtcNow(), scheduled.Id, converter.Serialize(result)));
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            LogInterrupted(instanceId, scheduled.Name, scheduled.Id);
        }
        catch (Exception thrown)
        {
            LogFailed(instanceId, scheduled.Name, scheduled.Id, thrown.GetType().ToString());
            answer(new TaskFailed(time.GetUtcNow(), scheduled.Id, FailureRecord.Of(thrown)));
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<object?> InvokeAsync(TaskScheduled scheduled)
    {
        var code = functions.Activity(scheduled.Name)
            ?? throw new InvalidOperationException($"There is no activity function '{scheduled.Name}'.");
        if (options.ActivityTimeout is not { } timeout)
        {
            return await code(scheduled.Input, stopping);
        }

        using var late = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var run = code(scheduled.Input, late.Token);
        try
        {
            return await run.WaitAsync(timeout, time, stopping);
        }
        catch (TimeoutException) when (!run.IsCompleted)
        {
            await late.CancelAsync();
            throw new TimeoutException($"The activity function '{scheduled.Name}' took longer than functionTimeout ({timeout:c}).");
        }
    }
}
