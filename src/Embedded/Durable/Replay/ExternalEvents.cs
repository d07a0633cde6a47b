using Holdfast.Embedded.Durable.History;
using Microsoft.DurableTask;

namespace Holdfast.Embedded.Durable.Replay;

/// <summary>
/// External events of one execution: those that came and those that are awaited, by name without regard to case.
/// A waiter that was cancelled takes no event. (The public engine hands it one, which is then lost: do not build on either.)
/// </summary>
internal sealed class ExternalEvents(DataConverter converter)
{
    private readonly List<HistoryEvent.EventRaised> _buffer = [];
    private readonly List<IWaiter> _waiters = [];

    private interface IWaiter
    {
        string Name { get; }

        Type Type { get; }

        bool IsOver { get; }

        void Give(string? payload);
    }

    public bool HasWaiters => _waiters.Exists(waiter => !waiter.IsOver);

    /// <summary>Events that nobody used, in the order they came.</summary>
    public IReadOnlyList<HistoryEvent.EventRaised> Unused => _buffer;

    public void Raise(HistoryEvent.EventRaised raised)
    {
        _waiters.RemoveAll(waiter => waiter.IsOver);
        var index = _waiters.FindLastIndex(waiter => SameName(waiter.Name, raised.Name));
        if (index < 0)
        {
            _buffer.Add(raised);
            return;
        }

        var waiter = _waiters[index];
        _waiters.RemoveAt(index);
        waiter.Give(raised.Input);
    }

    /// <summary>The orchestrator has ended: nobody takes the event any more, not even a waiter that was left behind.</summary>
    public void Keep(HistoryEvent.EventRaised raised) => _buffer.Add(raised);

    /// <exception cref="ArgumentException">The name is awaited with another type.</exception>
    public Task<T> WaitAsync<T>(string name, CancellationToken cancellationToken)
    {
        _waiters.RemoveAll(waiter => waiter.IsOver);
        if (_waiters.Find(waiter => SameName(waiter.Name, name)) is { } other && other.Type != typeof(T))
        {
            throw new ArgumentException($"Event '{name}' is awaited as {other.Type} already and cannot be awaited as {typeof(T)} too.", nameof(name));
        }

        var waiting = new Waiter<T>(name, converter);
        var index = _buffer.FindIndex(raised => SameName(raised.Name, name));
        if (index >= 0 && !cancellationToken.IsCancellationRequested)
        {
            var raised = _buffer[index];
            _buffer.RemoveAt(index);
            waiting.Give(raised.Input);
            return waiting.Task;
        }

        _waiters.Add(waiting);
        cancellationToken.Register(static (state, token) => ((Waiter<T>)state!).Cancel(token), waiting);
        return waiting.Task;
    }

    private static bool SameName(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private sealed class Waiter<T>(string name, DataConverter converter) : IWaiter
    {
        private readonly TaskCompletionSource<T> _source = new();

        public string Name => name;

        public Type Type => typeof(T);

        public bool IsOver => _source.Task.IsCompleted;

        public Task<T> Task => _source.Task;

        public void Cancel(CancellationToken token) => _source.TrySetCanceled(token);

        public void Give(string? payload)
        {
            T value;
            try
            {
                value = converter.Deserialize<T>(payload)!;
            }
            catch (Exception unreadable) when (unreadable is System.Text.Json.JsonException or NotSupportedException or ArgumentException)
            {
                _source.TrySetException(unreadable);
                return;
            }

            _source.TrySetResult(value);
        }
    }
}
