namespace Holdfast.Models;

/// <summary>
/// Ends a request whose model has been silent for too long, measured from its last event and never from its start. An event costs one
/// timestamp: the timer is not touched, it looks for itself when it fires and sleeps for the remainder.
/// </summary>
internal sealed class StreamWatchdog : IDisposable
{
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource request;
    private readonly ITimer timer;
    private long limitTicks;
    private long lastHeard;
    private int fired;

    /// <param name="clock">Time.</param>
    /// <param name="limit">The silence allowed at first.</param>
    /// <param name="request">Cancelled when the silence has lasted longer.</param>
    public StreamWatchdog(TimeProvider clock, TimeSpan limit, CancellationTokenSource request)
    {
        this.clock = clock;
        this.request = request;
        limitTicks = limit.Ticks;
        lastHeard = clock.GetTimestamp();
        timer = clock.CreateTimer(static state => ((StreamWatchdog)state!).Look(), this, limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>It was the silence that ended the request.</summary>
    public bool HasFired => Volatile.Read(ref fired) == 1;

    /// <summary>Something arrived.</summary>
    public void Heard() => Volatile.Write(ref lastHeard, clock.GetTimestamp());

    /// <summary>From now on another silence is allowed; a stream changes it at its first event and at its stop.</summary>
    public void Allow(TimeSpan limit)
    {
        Volatile.Write(ref limitTicks, limit.Ticks);
        Heard();
        timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        var remainder = Volatile.Read(ref limitTicks) - clock.GetElapsedTime(Volatile.Read(ref lastHeard)).Ticks;
        if (remainder > 0)
        {
            // Timers of whole milliseconds: rounding down would only look again too early.
            timer.Change(TimeSpan.FromTicks(remainder) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
        else if (Interlocked.Exchange(ref fired, 1) == 0)
        {
            try
            {
                // Not on the timer's thread: the reader's continuation may be long.
                _ = request.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // The read has ended at this very moment: nothing is left to cancel.
            }
        }
    }
}
