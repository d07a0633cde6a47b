namespace Holdfast.Embedded.Durable.Replay;

/// <summary>
/// The one thread an orchestrator runs on during a step: continuations queue up here and run in order. A continuation that
/// comes from another thread, or after the step is over, belongs to an await of something that is not durable.
/// </summary>
internal sealed class EpisodeThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();
    private readonly int _threadId = Environment.CurrentManagedThreadId;
    private readonly Action _onForeign;
    private volatile bool _isOver;
    private int _foreign;

    /// <param name="onForeign">Told once, from whatever thread, when something foreign is noticed after the step is over.</param>
    public EpisodeThread(Action onForeign) => _onForeign = onForeign;

    /// <summary>True when the caller is the orchestrator itself, inside of its step.</summary>
    public bool IsCurrent => !_isOver && Environment.CurrentManagedThreadId == _threadId && Current == this;

    /// <summary>True when something came from outside of the step.</summary>
    public bool WasForeign => Volatile.Read(ref _foreign) != 0;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_isOver || Environment.CurrentManagedThreadId != _threadId)
        {
            ReportForeign();
            return;
        }

        _queue.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!IsCurrent)
        {
            ReportForeign();
            throw new InvalidOperationException(Complaints.NotDurable);
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs <paramref name="action"/> and everything it sets off on this thread.</summary>
    public void Run(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
            while (_queue.TryDequeue(out var next))
            {
                next.Callback(next.State);
            }
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public void Close() => _isOver = true;

    public void ReportForeign()
    {
        if (Interlocked.Exchange(ref _foreign, 1) == 0 && _isOver)
        {
            _onForeign();
        }
    }
}
