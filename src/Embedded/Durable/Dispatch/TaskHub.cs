using System.Collections.Concurrent;
using Holdfast.Embedded.Durable.History;
using Holdfast.Embedded.Durable.Store;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>
/// The engine: all instances of one task hub. Calls wait until the start has found what the store holds.
/// A call that completes is durable.
/// </summary>
internal sealed partial class TaskHub : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Instance> _instances = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HubParts _parts;
    private readonly ILogger _logger;
    private Task _start = Task.CompletedTask;
    private bool _isDisposed;

    public TaskHub(
        HistoryStore store, FunctionTable functions, DurableOptions options, DataConverter converter, TimeProvider time, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger("Holdfast.Embedded.Durable");
        Functions = functions;
        Options = options;
        Converter = converter;
        Time = time;
        _parts = new HubParts(
            store,
            new StepPlanner(functions, converter, loggers),
            new ActivityRunner(functions, converter, options, time, _logger, _stopping.Token),
            new Persistence(time, _logger, _stopping.Token),
            new InstanceWatch(),
            new SemaphoreSlim(options.MaxConcurrentOrchestrators),
            time,
            _stopping.Token)
        {
            Post = Post,
            Forget = instance => _instances.TryRemove(new KeyValuePair<string, Instance>(instance.Id, instance)),
        };
    }

    public FunctionTable Functions { get; }

    public DurableOptions Options { get; }

    public DataConverter Converter { get; }

    public TimeProvider Time { get; }

    /// <summary>Completes when calls are served.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Begins to look for what the store holds, and returns at once: an app starts also while the store is slow.</summary>
    public void Start() => _start = Task.Run(RecoverAsync);

    /// <summary>Stops taking work and waits for running activities, which are cancelled, until <paramref name="patience"/> ends.</summary>
    public async Task StopAsync(CancellationToken patience)
    {
        await _stopping.CancelAsync();
        try
        {
            await Task.WhenAll(_start, _parts.Activities.Idle).WaitAsync(patience);
        }
        catch (OperationCanceledException)
        {
            // Whatever still runs has no answer in the history and runs again.
        }
    }

    /// <summary>Sends a message and awaits that it is recorded.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up, or the engine stops. The message may still be recorded.</exception>
    public async Task<Reply> AskAsync(string instanceId, Message message, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        Post(instanceId, message);
        return await message.Replied.WaitAsync(cancellationToken);
    }

    /// <summary>An instance as it was recorded last; null when there is none.</summary>
    public async Task<InstanceView?> FindAsync(string instanceId, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        if (_instances.TryGetValue(instanceId, out var known) && known.View is { } view)
        {
            return view;
        }

        // Unknown here: another process may have made it.
        await AskAsync(instanceId, new Message.Nudge(), cancellationToken);
        return _instances.TryGetValue(instanceId, out known) ? known.View : null;
    }

    /// <summary>All instances this process knows, by id.</summary>
    public async Task<IReadOnlyList<InstanceView>> ListAsync(CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        return [.. _instances.Values.Select(instance => instance.View).OfType<InstanceView>().OrderBy(view => view.InstanceId, StringComparer.Ordinal)];
    }

    /// <summary>Waits until the instance, which need not exist yet, has come to a state.</summary>
    public async Task<InstanceView> WaitAsync(string instanceId, Predicate<InstanceView> isReached, CancellationToken cancellationToken)
    {
        await FindAsync(instanceId, cancellationToken);
        return await _parts.Watch.WaitAsync(
            instanceId, isReached, () => _instances.TryGetValue(instanceId, out var known) ? known.View : null, cancellationToken);
    }

    /// <summary>The payloads of an instance, from memory or from its history; null when it is gone.</summary>
    public async Task<InstancePayloads?> PayloadsAsync(InstanceView view, CancellationToken cancellationToken) =>
        view.Payloads ?? (await ReadAsync(view, cancellationToken) is { } execution ? InstanceView.Of(execution, view.Blob).Payloads : null);

    /// <summary>An instance's present execution as the store has it; null when it is gone.</summary>
    public async Task<Execution?> ReadAsync(InstanceView view, CancellationToken cancellationToken) =>
        (await _parts.Store.ReadAsync(view.Blob, cancellationToken))?.Execution;

    /// <summary>Deletes an ended instance and, when asked, its ended children.</summary>
    /// <returns>How many were deleted.</returns>
    public async Task<int> PurgeAsync(string instanceId, bool recursive, CancellationToken cancellationToken)
    {
        if (await AskAsync(instanceId, new Message.Purge(), cancellationToken) != Reply.Done)
        {
            return 0;
        }

        var count = 1;
        if (recursive)
        {
            foreach (var child in (await ListAsync(cancellationToken)).Where(view => view.ParentInstanceId == instanceId))
            {
                count += await PurgeAsync(child.InstanceId, recursive, cancellationToken);
            }
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await StopAsync(new CancellationToken(canceled: true));
        _ready.TrySetCanceled();

        // The places and the token stay usable: what still runs ends on its own.
    }

    private void Post(string instanceId, Message message)
    {
        while (!_instances.GetOrAdd(instanceId, Create).TryPost(message))
        {
            // The instance has just left; its successor takes the message.
        }
    }

    private Instance Create(string instanceId) => new(instanceId, _parts, _logger);

    private async Task RecoverAsync()
    {
        try
        {
            var recovery = new HubRecovery(_parts.Store, Create, _logger);
            var found = await _parts.Persistence.TryUntilAnsweredAsync(
                $"hub {Options.HubName}",
                async cancellation =>
                {
                    await _parts.Store.EnsureContainerAsync(cancellation);
                    return await recovery.RunAsync(cancellation);
                },
                []);
            foreach (var instance in found)
            {
                _instances[instance.Id] = instance;
            }

            _ready.TrySetResult();
            foreach (var instance in found.Where(instance => instance.View is { IsEnded: false } || instance.IsUnmarked))
            {
                instance.TryPost(new Message.Nudge());
            }
        }
        catch (Exception stopped) when (_stopping.IsCancellationRequested)
        {
            _ready.TrySetCanceled();
            LogStartStopped(stopped.GetType().Name);
        }
        catch (Exception unexpected)
        {
            _ready.TrySetException(unexpected);
            LogStartFailed(unexpected);
        }
    }
}
