using System.Diagnostics.Metrics;

namespace Holdfast.Storage;

/// <summary>
/// Counts the requests that go to the blob service: in total, by verb, by the flow of work that made them, and for whoever
/// listens to the meter <c>Holdfast.Storage</c>. One listing page is one request; a retry inside the SDK is counted apart.
/// Thread safe; costs no allocation.
/// </summary>
public sealed class StorageCallCounter : IDisposable
{
    public const string MeterName = "Holdfast.Storage";

    private static readonly string[] Families = ["sessions", "keys", "deliveries", "inbox", "outbox", "receipts", "cron", "taskhub"];

    private readonly AsyncLocal<StorageCallTally?> _current = new();
    private readonly long[] _byVerb = new long[(int)BlobVerb.BreakLease + 1];
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _calls;
    private readonly Counter<long> _retries;
    private long _retried;

    public StorageCallCounter()
    {
        _calls = _meter.CreateCounter<long>("holdfast.storage.calls", "{call}", "Requests to the blob service, by verb and blob family.");
        _retries = _meter.CreateCounter<long>("holdfast.storage.retries", "{call}", "Requests that the storage SDK sent again.");
    }

    /// <summary>All calls since the start of the process, without retries.</summary>
    public long Total
    {
        get
        {
            var total = 0L;
            for (var verb = 0; verb < _byVerb.Length; verb++)
            {
                total += Volatile.Read(ref _byVerb[verb]);
            }

            return total;
        }
    }

    /// <summary>Requests that the SDK sent again since the start of the process.</summary>
    public long Retries => Volatile.Read(ref _retried);

    /// <summary>Calls of one verb since the start of the process.</summary>
    public long CountOf(BlobVerb verb) => Volatile.Read(ref _byVerb[(int)verb]);

    /// <summary>
    /// Counts what the caller's flow (its awaits and the tasks it starts) asks of storage until the tally is disposed.
    /// Tallies nest: an inner one's calls count for the outer one too.
    /// </summary>
    public StorageCallTally StartTally()
    {
        var tally = new StorageCallTally(this, _current.Value);
        _current.Value = tally;
        return tally;
    }

    public void Dispose() => _meter.Dispose();

    internal void Count(BlobVerb verb, string name)
    {
        Interlocked.Increment(ref _byVerb[(int)verb]);
        _current.Value?.Add();
        if (_calls.Enabled)
        {
            _calls.Add(1, new("verb", verb.ToString()), new("family", FamilyOf(name)));
        }
    }

    internal void CountRetry()
    {
        Interlocked.Increment(ref _retried);
        _retries.Add(1);
    }

    internal void End(StorageCallTally tally, StorageCallTally? outer)
    {
        if (ReferenceEquals(_current.Value, tally))
        {
            _current.Value = outer;
        }
    }

    /// <summary>The first segment of the name when it is one of the layout's: a metric's tag must not grow with the names.</summary>
    private static string FamilyOf(string name)
    {
        foreach (var family in Families)
        {
            if (name.StartsWith(family, StringComparison.Ordinal) && (name.Length == family.Length || name[family.Length] == '/'))
            {
                return family;
            }
        }

        return "other";
    }
}
