using System.Globalization;

namespace Holdfast.Tests.Faults.Traffic;

/// <summary>A message and what its sender was told. Written by the sender's tasks, read when they are done.</summary>
public sealed class SentMessage(MessagePlan plan, Conversation conversation)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _turns = new(StringComparer.Ordinal);
    private readonly List<string> _refusals = [];

    public MessagePlan Plan => plan;

    public Conversation Conversation => conversation;

    /// <summary>When it first went out.</summary>
    public DateTimeOffset? SentAt { get; private set; }

    /// <summary>When the first 2xx came; null if none did.</summary>
    public DateTimeOffset? ToldAt { get; private set; }

    public int Tries { get; private set; }

    /// <summary>The turns that 2xx answers named: one, however often it was sent.</summary>
    public IReadOnlyCollection<string> Turns => _turns;

    /// <summary>Answers that say "never": 4xx, and 2xx that accept nothing.</summary>
    public IReadOnlyList<string> Refusals => _refusals;

    public void Sending()
    {
        lock (_gate)
        {
            SentAt ??= DateTimeOffset.UtcNow;
            Tries++;
        }
    }

    public void Told(string turn)
    {
        lock (_gate)
        {
            ToldAt ??= DateTimeOffset.UtcNow;
            _turns.Add(turn);
        }
    }

    public void Refused(int status, string body)
    {
        lock (_gate)
        {
            _refusals.Add(string.Create(CultureInfo.InvariantCulture, $"{status}: {body}"));
        }
    }
}
