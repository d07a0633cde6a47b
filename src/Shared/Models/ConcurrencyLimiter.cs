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
    private readonly LinkedList<TaskCompletionSource>[] waiting = [new(), new(), new()];
    private readonly int[] overtaken = new int[3];
    private int free;

    /// <param name="maxConcurrent">At least 1.</param>
    public ConcurrencyLimiter(int maxConcurrent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrent, 1);
        free = maxConcurrent;
    }

    /// <summary>Waits for a place and takes it; disposing what comes back, once or more, gives it back.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no place is taken.</exception>
    public async Task<IDisposable> EnterAsync(MessagePriority priority, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> waiter;
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return new Place(this);
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiter = waiting[(int)priority - 1].AddLast(turn);
        }

        await using var registration = cancellationToken.UnsafeRegister((_, token) => GiveUp(waiter, token), null);
        await waiter.Value.Task;
        return new Place(this);
    }

    private void GiveUp(LinkedListNode<TaskCompletionSource> waiter, CancellationToken token)
    {
        lock (gate)
        {
            if (waiter.List is not { } queue)
            {
                return; // The place was given at the same moment; the caller gets it.
            }

            queue.Remove(waiter);
        }

        waiter.Value.SetCanceled(token);
    }

    private void Leave()
    {
        TaskCompletionSource next;
        lock (gate)
        {
            if (PickQueue() is not { } queue)
            {
                free++;
                return;
            }

            next = waiting[queue].First!.Value;
            waiting[queue].RemoveFirst();
        }

        next.SetResult();
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

    private sealed class Place(ConcurrencyLimiter limiter) : IDisposable
    {
        private ConcurrencyLimiter? held = limiter;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Leave();
    }
}
