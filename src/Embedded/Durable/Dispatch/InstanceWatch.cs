namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>Lets readers wait until an instance, which need not exist yet, has come to a state.</summary>
internal sealed class InstanceWatch
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Waiter>> _waiters = [];

    public void Publish(InstanceView view)
    {
        List<Waiter>? reached = null;
        lock (_gate)
        {
            if (_waiters.TryGetValue(view.InstanceId, out var waiting))
            {
                reached = waiting.FindAll(waiter => waiter.IsReached(view));
                waiting.RemoveAll(reached.Contains);
                if (waiting.Count == 0)
                {
                    _waiters.Remove(view.InstanceId);
                }
            }
        }

        reached?.ForEach(waiter => waiter.Source.TrySetResult(view));
    }

    /// <param name="instanceId">The instance.</param>
    /// <param name="isReached">The state waited for.</param>
    /// <param name="current">Asked once the waiter is in place, so that no change falls between.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<InstanceView> WaitAsync(
        string instanceId, Predicate<InstanceView> isReached, Func<InstanceView?> current, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(isReached, new TaskCompletionSource<InstanceView>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            if (!_waiters.TryGetValue(instanceId, out var waiting))
            {
                _waiters[instanceId] = waiting = [];
            }

            waiting.Add(waiter);
        }

        try
        {
            if (current() is { } view && isReached(view))
            {
                return view;
            }

            return await waiter.Source.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Remove(instanceId, waiter);
        }
    }

    private void Remove(string instanceId, Waiter waiter)
    {
        lock (_gate)
        {
            if (_waiters.TryGetValue(instanceId, out var waiting) && waiting.Remove(waiter) && waiting.Count == 0)
            {
                _waiters.Remove(instanceId);
            }
        }
    }

    private sealed record Waiter(Predicate<InstanceView> IsReached, TaskCompletionSource<InstanceView> Source);
}
