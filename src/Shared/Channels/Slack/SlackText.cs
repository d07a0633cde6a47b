using System.Globalization;

namespace Holdfast.Channels.Slack;

/// <summary>Reads what Slack writes inside strings: mentions, escapes and timestamps. Pure.</summary>
internal static class SlackText
{
    private const string MentionStart = "<@";

    /// <summary>The text as its author typed it, without mentions of the bot at its start.</summary>
    /// <param name="botUser">Null when unknown; then the one leading mention of an app_mention is taken for the bot's.</param>
    public static string Spoken(string text, string? botUser, bool isMention)
    {
        var rest = text.AsSpan().Trim();
        while (LeadingMention(rest, out var user, out var length) && (botUser is null ? isMention : user.SequenceEqual(botUser)))
        {
            rest = rest[length..].TrimStart().TrimStart(":,").TrimStart();
            if (botUser is null)
            {
                break;
            }
        }

        return Unescape(rest.ToString());
    }

    public static bool Mentions(string text, string user) =>
        text.Contains($"{MentionStart}{user}>", StringComparison.Ordinal)
            || text.Contains($"{MentionStart}{user}|", StringComparison.Ordinal);

    /// <summary>A ts like <c>1716300000.000200</c> as a time; null when it is none.</summary>
    public static DateTimeOffset? Time(string ts)
    {
        // 11 digits before the point end in the year 5138: inside what DateTimeOffset can hold.
        // The parser itself passes over NULs at the end.
        if (ts.Contains('\0', StringComparison.Ordinal)
            || !decimal.TryParse(ts, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            || seconds >= 100_000_000_000m)
        {
            return null;
        }

        return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
    }

    private static bool LeadingMention(ReadOnlySpan<char> text, out ReadOnlySpan<char> user, out int length)
    {
        user = default;
        length = text.IndexOf('>') + 1;
        if (length == 0 || !text.StartsWith(MentionStart, StringComparison.Ordinal))
        {
            return false;
        }

        var inside = text[MentionStart.Length..(length - 1)];
        user = inside.IndexOf('|') is var bar and >= 0 ? inside[..bar] : inside;
        return true;
    }

    // Slack escapes these three characters and no others; the ampersand last, or "&amp;lt;" would come out wrong.
    private static string Unescape(string text) =>
        text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal);
}
