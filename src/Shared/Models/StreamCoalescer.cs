using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Holdfast.Models;

/// <summary>When collected text is due.</summary>
/// <param name="MaxAge">Since the first character that was not taken yet.</param>
/// <param name="MaxCharacters">Text of this length is due at once.</param>
public sealed record CoalescerSettings(TimeSpan MaxAge, int MaxCharacters)
{
    /// <summary>One storage write a second, or one per 8 Ki characters.</summary>
    public static CoalescerSettings Default { get; } = new(TimeSpan.FromSeconds(1), 8 * 1024);
}

/// <summary>
/// Collects a stream's text between two storage writes. The reading thread adds, a writing loop takes; both may do so at once. Text
/// leaves in order, each character once.
/// </summary>
public sealed class StreamCoalescer(TimeProvider clock, CoalescerSettings settings) : IModelStreamSink
{
    private readonly Lock gate = new();
    private readonly StringBuilder pending = new();
    private long firstPendingAt;
    private long deltas;
    private long characters;

    public StreamCoalescer(TimeProvider clock)
        : this(clock, CoalescerSettings.Default)
    {
    }

    /// <summary>Deltas added so far.</summary>
    public long Deltas => Interlocked.Read(ref deltas);

    /// <summary>Characters added so far, taken or not.</summary>
    public long Characters => Interlocked.Read(ref characters);

    /// <summary>Something is due now.</summary>
    public bool ShouldFlush => NextFlushIn == TimeSpan.Zero;

    /// <summary>Time until something is due; zero when it is, null when nothing waits.</summary>
    public TimeSpan? NextFlushIn
    {
        get
        {
            lock (gate)
            {
                if (pending.Length == 0)
                {
                    return null;
                }

                var left = settings.MaxAge - clock.GetElapsedTime(firstPendingAt);
                return pending.Length >= settings.MaxCharacters || left <= TimeSpan.Zero ? TimeSpan.Zero : left;
            }
        }
    }

    /// <summary>Adds a delta.</summary>
    /// <returns>True when the collected text is long enough to be due.</returns>
    public bool Append(string delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        lock (gate)
        {
            if (pending.Length == 0)
            {
                firstPendingAt = clock.GetTimestamp();
            }

            pending.Append(delta);
            Interlocked.Increment(ref deltas);
            Interlocked.Add(ref characters, delta.Length);
            return pending.Length >= settings.MaxCharacters;
        }
    }

    /// <summary>Takes all that is collected, due or not.</summary>
    /// <returns>False when nothing is.</returns>
    public bool TryTake([NotNullWhen(true)] out string? text)
    {
        lock (gate)
        {
            text = pending.Length == 0 ? null : pending.ToString();
            pending.Clear();
            return text is not null;
        }
    }

    void IModelStreamSink.OnText(string delta) => Append(delta);

    void IModelStreamSink.OnProgress()
    {
    }
}
