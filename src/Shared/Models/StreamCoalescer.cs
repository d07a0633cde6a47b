using System.Text;

namespace Holdfast.Models;

/// <summary>
/// Collects a stream's text between two storage writes. The reading thread adds, a writing loop takes; both may do so at once. Text
/// leaves in order, each character once.
/// </summary>
public sealed class StreamCoalescer
{
    private readonly Lock gate = new();
    private readonly StringBuilder pending = new();

    /// <summary>Deltas of text heard so far.</summary>
    public int Deltas { get; private set; }

    /// <summary>Characters heard so far, taken or not.</summary>
    public long Characters { get; private set; }

    /// <summary>Adds the event's text, if it has any.</summary>
    public void Hear(ModelEvent said)
    {
        if (said is ModelEvent.TextDelta delta)
        {
            lock (gate)
            {
                pending.Append(delta.Text);
                Deltas++;
                Characters += delta.Text.Length;
            }
        }
    }

    /// <returns>All that is collected; null when nothing is.</returns>
    public string? Take()
    {
        lock (gate)
        {
            var text = pending.Length == 0 ? null : pending.ToString();
            pending.Clear();
            return text;
        }
    }
}
