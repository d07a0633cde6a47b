namespace Holdfast.Tests.Explorer.Engine;

/// <summary>
/// Keeps the process's one pool thread. Some of what the framework does for an actor goes through the pool (a cancellation's callbacks,
/// for example); with its only thread held such work stays in the queue, where it can be seen, and runs when the explorer lets it and
/// before anything else happens. So a schedule is the same schedule each time.
/// </summary>
internal static class PoolThread
{
    private static readonly SemaphoreSlim Go = new(0);
    private static readonly SemaphoreSlim Held = new(0);

    /// <exception cref="InvalidOperationException">The pool may have more than one thread.</exception>
    public static void Hold()
    {
        ThreadPool.GetMaxThreads(out var workers, out _);
        if (workers != 1)
        {
            throw new InvalidOperationException(
                "The explorer's runtime configuration limits the pool to one thread; this process has more.");
        }

        Enter();
    }

    /// <summary>Runs what waits in the pool's queue, and what that puts there.</summary>
    /// <returns>True when something ran.</returns>
    public static bool RunPending()
    {
        var ran = false;
        while (ThreadPool.PendingWorkItemCount > 0)
        {
            ran = true;
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Wait(), null);
            Go.Release();
            Held.Wait();
        }

        return ran;
    }

    private static void Enter()
    {
        ThreadPool.UnsafeQueueUserWorkItem(static _ => Wait(), null);
        Held.Wait();
    }

    private static void Wait()
    {
        Held.Release();
        Go.Wait();
    }
}
