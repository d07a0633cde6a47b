using System.Globalization;
using System.Text.Json;
using Holdfast.Peers.Slack;

namespace Holdfast.Harness;

/// <summary>A thread in a Slack channel that begins with a message of its own timestamp.</summary>
public sealed record SlackThread(string Channel, string Ts)
{
    private static long _lastMicroseconds;

    /// <summary>A thread that nobody has, begun now.</summary>
    public static SlackThread Begin(string channel) => new(channel, NextTs());

    /// <summary>A timestamp later than all before.</summary>
    public static string NextTs()
    {
        var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        long last, next;
        do
        {
            last = Interlocked.Read(ref _lastMicroseconds);
            next = Math.Max(last + 1, now);
        }
        while (Interlocked.CompareExchange(ref _lastMicroseconds, next, last) != last);
        return string.Create(CultureInfo.InvariantCulture, $"{next / 1_000_000}.{next % 1_000_000:D6}");
    }

    public string SessionKey(string agent = "main") => $"agent:{agent}:slack:channel:{Channel}:thread:{Ts}";

    /// <summary>What the bot posted into this thread, in order.</summary>
    public IReadOnlyList<PostedMessage> Replies(ScriptedSlack slack) =>
        [.. slack.Messages.Where(message => message.IsFromBot && message.Channel == Channel && message.ThreadTs == Ts)];

    /// <summary>A mention of the bot: the thread's first message, or a later one.</summary>
    public string Mention(string text, string? ts = null) =>
        Envelope("app_mention", $"<@{ScriptedSlack.BotUserId}> {text}", ts ?? Ts, eventId: $"EvM{ts ?? Ts}");

    /// <summary>A message as Slack tells of it to whoever listens in the channel.</summary>
    public string Message(string text, string? ts = null) => Envelope("message", text, ts ?? Ts, eventId: $"EvT{ts ?? Ts}");

    private string Envelope(string type, string text, string ts, string eventId)
    {
        var slackEvent = new Dictionary<string, object?>
        {
            ["type"] = type,
            ["user"] = "U1",
            ["text"] = text,
            ["ts"] = ts,
            ["channel"] = Channel,
            ["event_ts"] = ts,
        };
        if (type == "message")
        {
            slackEvent["channel_type"] = "channel";
        }

        if (ts != Ts)
        {
            slackEvent["thread_ts"] = Ts;
        }

        return JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["type"] = "event_callback",
            ["team_id"] = ScriptedSlack.TeamId,
            ["api_app_id"] = ScriptedSlack.AppId,
            ["event_id"] = eventId.Replace(".", "", StringComparison.Ordinal),
            ["event_time"] = long.Parse(ts.Split('.')[0], CultureInfo.InvariantCulture),
            ["authorizations"] = new object[] { new { team_id = ScriptedSlack.TeamId, user_id = ScriptedSlack.BotUserId, is_bot = true } },
            ["event"] = slackEvent,
        });
    }
}
