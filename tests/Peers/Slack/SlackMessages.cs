using System.Globalization;
using System.Text.Json.Nodes;

namespace Holdfast.Peers.Slack;

/// <summary>The messages of all channels, in the order they were posted. Safe for concurrent use.</summary>
internal sealed class SlackMessages(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<PostedMessage> _all = [];
    private long _lastMicroseconds;

    public IReadOnlyList<PostedMessage> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    public PostedMessage Post(string channel, string text, string? threadTs, JsonObject? metadata, bool fromBot)
    {
        lock (_gate)
        {
            var message = new PostedMessage(channel, NextTs(), text, threadTs, metadata) { IsFromBot = fromBot };
            _all.Add(message);
            return message;
        }
    }

    public PostedMessage? Update(string channel, string ts, Func<PostedMessage, PostedMessage> change)
    {
        lock (_gate)
        {
            var at = _all.FindIndex(m => m.Channel == channel && m.Ts == ts);
            return at < 0 ? null : _all[at] = change(_all[at]);
        }
    }

    /// <summary>The thread's first message (when it stands here) and its replies, oldest first.</summary>
    public IReadOnlyList<PostedMessage> Thread(string channel, string ts) =>
        [.. All.Where(m => m.Channel == channel && (m.Ts == ts || m.ThreadTs == ts))];

    /// <summary>What stands in the channel itself, newest first.</summary>
    public IReadOnlyList<PostedMessage> History(string channel) =>
        [.. All.Where(m => m.Channel == channel && (m.ThreadTs is null || m.ThreadTs == m.Ts)).Reverse()];

    // Timestamps are ids: unique and growing, also when the clock stands still.
    private string NextTs()
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        _lastMicroseconds = Math.Max(_lastMicroseconds + 1, now);
        return string.Create(CultureInfo.InvariantCulture, $"{_lastMicroseconds / 1_000_000}.{_lastMicroseconds % 1_000_000:D6}");
    }
}
