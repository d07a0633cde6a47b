using Holdfast.Inbox;

namespace Holdfast.Models;

/// <summary>
/// Caps the model calls of this process that run at once. Within a priority the first to come is the first to go; a place that becomes
/// free goes straight to a waiter, so that nobody slips in before it. User turns go first, hooks next, cron last, but nobody is passed
/// over more than <see cref="MaxOvertakes"/> times. Waiting here is progress and not a stall: no watchdog runs yet.
/// </summary>
public sealed class ConcurrencyLimiter
{
    /// <summary>Overtaken this often in a row, a lower priority gets the next place.</summary>
    public const int MaxOvertakes = 16;

    private readonly Lock gate = new();
    private readonly LinkedList<Waiter>[] waiting = [new(), new(), new()];
    private readonly int[] overtaken = new int[3];
    private readonly int maxConcurrent;
    private int running;

    /// <param name="maxConcurrent">At least 1.</param>
    public ConcurrencyLimiter(int maxConcurrent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrent, 1);
        this.maxConcurrent = maxConcurrent;
    }

    /// <summary>Calls that hold a place.</summary>
    public int Running
    {
        get
        {
            lock (gate)
            {
                return running;
            }
        }
    }

    /// <summary>Calls that wait for one.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting[0].Count + waiting[1].Count + waiting[2].Count;
            }
        }
    }

    /// <summary>Waits for a place and takes it; disposing what comes back, once or more, gives it back.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no place is taken.</exception>
    public Task<IDisposable> EnterAsync(MessagePriority priority, CancellationToken cancellationToken)
    {
        var queue = (int)priority - 1;
        ArgumentOutOfRangeException.ThrowIfNegative(queue, nameof(priority));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(queue, 2, nameof(priority));
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<IDisposable>(cancellationToken);
        }

        Waiter waiter;
        lock (gate)
        {
            if (running < maxConcurrent)
            {
                running++;
                return Task.FromResult<IDisposable>(new Place(this));
            }

            waiter = new Waiter(queue);
            waiter.Node = waiting[queue].AddLast(waiter);
        }

        return WaitAsync(waiter, cancellationToken);
    }

    private async Task<IDisposable> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            (_, token) => GiveUp(waiter, token), null);
        return await waiter.Turn.Task;
    }

    private void GiveUp(Waiter waiter, CancellationToken token)
    {
        lock (gate)
        {
            if (waiter.Node is not { } node)
            {
                return; // The place was given at the same moment; the caller gets it.
            }

            waiting[waiter.Queue].Remove(node);
            waiter.Node = null;
        }

        waiter.Turn.TrySetCanceled(token);
    }

    private void Leave()
    {
        Waiter next;
        lock (gate)
        {
            if (PickQueue() is not { } queue)
            {
                running--;
                return;
            }

            next = waiting[queue].First!.Value;
            waiting[queue].RemoveFirst();
            next.Node = null;
        }

        next.Turn.SetResult(new Place(this));
    }

    private int? PickQueue()
    {
        int? picked = null;
        for (var queue = 0; queue < waiting.Length; queue++)
        {
            if (waiting[queue].Count > 0 && (picked is null || overtaken[queue] >= MaxOvertakes))
            {
                picked = queue;
            }
        }

        for (var queue = 0; queue < waiting.Length; queue++)
        {
            if (queue == picked || waiting[queue].Count == 0)
            {
                overtaken[queue] = 0;
            }
            else if (queue > picked)
            {
                overtaken[queue]++;
            }
        }

        return picked;
    }

    private sealed class Waiter(int queue)
    {
        public int Queue { get; } = queue;

        public TaskCompletionSource<IDisposable> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Null once it waits no more; guarded by the gate.</summary>
        public LinkedListNode<Waiter>? Node { get; set; }
    }

    private sealed class Place(ConcurrencyLimiter limiter) : IDisposable
    {
        private ConcurrencyLimiter? held = limiter;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Leave();
    }
}
