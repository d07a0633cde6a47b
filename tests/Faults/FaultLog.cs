using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Tests.Faults;

/// <summary>What was done to the system, counted by kind and kept as lines in the order of time. Safe for concurrent use.</summary>
public sealed class FaultLog
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt);

    public IReadOnlyList<string> Lines => [.. _lines];

    public IReadOnlyCollection<string> Kinds => [.. _counts.Keys];

    public int Count(string kind) => _counts.GetValueOrDefault(kind);

    /// <summary>Counts and writes a line.</summary>
    public void Note(string kind, string detail)
    {
        _counts.AddOrUpdate(kind, 1, (_, count) => count + 1);
        Say($"{kind}: {detail}");
    }

    /// <summary>Writes a line only.</summary>
    public void Say(
        string text) =>
            _lines.Enqueue(
                string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:HH:mm:ss.fff} {Elapsed.TotalSeconds,8:0.000} {text}"));
}
