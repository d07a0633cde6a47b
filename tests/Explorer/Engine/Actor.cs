namespace Holdfast.Tests.Explorer.Engine;

/// <summary>
/// One process's part in a schedule. Its code runs only while the world lets it, always on one thread; it stands still at every call to
/// the outside until the search decides what becomes of that call. Its history is a fingerprint of all it saw, so that two schedules
/// which brought it to the same point are known to be the same.
/// </summary>
internal sealed class Actor(World world, string name, int index, int life, Fingerprint history) : SynchronizationContext
{
    private Fingerprint _history = history;
    private Task? _work;
    private int _ids;

    public string Name { get; } = name;

    public int Index { get; } = index;

    /// <summary>0 at first; grows with each crash.</summary>
    public int Life { get; } = life;

    public bool IsAlive { get; private set; } = true;

    public bool IsDone => _work is { IsCompleted: true };

    public Exception? Fault => _work?.Exception?.InnerException;

    public Fingerprint History => _history.With((ulong)(IsDone ? 2 : 1));

    /// <summary>Calls that wait for a decision, in the order in which they were made.</summary>
    public List<HeldCall> Held { get; } = [];

    public void Start(Func<Task> work) => Post(_ => _work = work(), null);

    public void Saw(ulong part) => _history = _history.With(part);

    public void Saw(Fingerprint part) => _history = _history.With(part.Value);

    /// <summary>An id that no other actor or life gives.</summary>
    public Guid NextId() => new(Index + 1, (short)Life, 0, BitConverter.GetBytes((long)++_ids));

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsAlive)
        {
            world.Enqueue(this, d, state);
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Ends it between two instructions: nothing of it runs any more.</summary>
    public void Crash()
    {
        IsAlive = false;
        Held.Clear();
    }

    /// <summary>Makes a call to the outside: it stands still here until the search decides.</summary>
    /// <param name="label">What a person reads in a schedule.</param>
    /// <param name="effect">The call itself, atomic; runs on the search's thread.</param>
    /// <param name="printOf">What the caller learns from the result.</param>
    /// <param name="lost">What the caller sees when no answer comes: a result, or an exception it throws.</param>
    public async Task<T> CallAsync<T>(
        string label, bool writes, Func<T> effect, Func<T, Fingerprint> printOf, Func<T> lost, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var call = new HeldCall<T>(this, label, writes, effect, printOf, lost, cancellationToken);
        Held.Add(call);
        return await call.Answer;
    }
}
