namespace Holdfast.Storage;

/// <summary>The storage calls of one flow of work; see <see cref="StorageCallCounter.StartTally"/>.</summary>
public sealed class StorageCallTally : IDisposable
{
    private readonly StorageCallCounter _counter;
    private readonly StorageCallTally? _outer;
    private long _calls;

    internal StorageCallTally(StorageCallCounter counter, StorageCallTally? outer)
    {
        _counter = counter;
        _outer = outer;
    }

    /// <summary>Calls so far; stays readable after disposal.</summary>
    public long Calls => Volatile.Read(ref _calls);

    /// <summary>Ends the tally; call it in the flow that started it.</summary>
    public void Dispose() => _counter.End(this, _outer);

    internal void Add()
    {
        for (var tally = this; tally is not null; tally = tally._outer)
        {
            Interlocked.Increment(ref tally._calls);
        }
    }
}
