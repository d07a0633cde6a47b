using System.Collections.Concurrent;
using System.Diagnostics;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Turns;

/// <summary>
/// Runs a test on one thread and in its own time: whatever can run runs, and only when nothing can does the clock move on, to the next
/// timer. So a test is the same every time, and half an hour of it takes a blink.
/// </summary>
internal static class DrivenRun
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(4);

    /// <summary>Each test holds a thread of the pool; what it asks of the pool must not wait for another test to end.</summary>
    static DrivenRun() => ThreadPool.SetMinThreads(32, 32);

    public static void Run(ManualClock clock, Func<Task> test)
    {
        var pump = new Pump();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(pump);
        try
        {
            var running = test();
            var limit = clock.GetUtcNow() + Longest;
            while (!running.IsCompleted)
            {
                if (pump.RunNext(Quiet) || PoolWorks(pump) || running.IsCompleted)
                {
                    continue;
                }

                if (clock.NextDueAt is { } due)
                {
                    (due < limit).ShouldBeTrueOrStuck("the test did not end in hours of its own time");
                    clock.Advance(due > clock.GetUtcNow() ? due - clock.GetUtcNow() : TimeSpan.Zero);
                }
                else
                {
                    pump.RunNext(Stuck).ShouldBeTrueOrStuck("nothing runs and no timer is armed");
                }
            }

            running.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>
    /// Cancellations run on the pool and come back from there. Work that is queued now runs before ours does, and how long ours waits says
    /// how long to wait for what still runs: under load more than the quiet.
    /// </summary>
    private static bool PoolWorks(Pump pump)
    {
        var since = Stopwatch.GetTimestamp();
        using var passed = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(static passed => passed.Set(), passed, preferLocal: false);
        passed.Wait(Stuck).ShouldBeTrueOrStuck("the pool does not work");
        var waited = Stopwatch.GetElapsedTime(since) * 5;
        return pump.RunNext(waited > Quiet ? waited : Quiet);
    }

    private static void ShouldBeTrueOrStuck(this bool condition, string what)
    {
        if (!condition)
        {
            throw new TimeoutException(what);
        }
    }

    private sealed class Pump : SynchronizationContext
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];

        public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

        public override void Send(SendOrPostCallback d, object? state) => d(state);

        public override SynchronizationContext CreateCopy() => this;

        public bool RunNext(TimeSpan within)
        {
            if (!_queue.TryTake(out var next, within))
            {
                return false;
            }

            next.Callback(next.State);
            return true;
        }
    }
}
