using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Channels.GitHub;

/// <summary>
/// The hidden last line of our comments, <c>&lt;!-- holdfast:turn={turnId} part={n} --&gt;</c>: a re-send finds the first by it, and our
/// own comments are known by it when they come back as events. Quoted or followed by text it does not count.
/// </summary>
public sealed partial record ReplyMarker
{
    /// <summary>The most characters a marker takes, with the blank line before it.</summary>
    public const int MaxCharacters = 64 + 48;

    /// <exception cref="ArgumentException">
    /// The turn id is blank, too long, or has characters that could end the comment or the id; or the part is below 1.
    /// </exception>
    public ReplyMarker(string turnId, int part)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(turnId);
        ArgumentOutOfRangeException.ThrowIfLessThan(part, 1);
        if (!TurnIdPattern().IsMatch(turnId))
        {
            throw new ArgumentException("A turn id in a marker has up to 64 letters, digits, _ and - only.", nameof(turnId));
        }

        TurnId = turnId;
        Part = part;
    }

    public string TurnId { get; }

    /// <summary>From 1.</summary>
    public int Part { get; }

    /// <summary>The marker at the end of a comment, null when there is none.</summary>
    public static ReplyMarker? TryRead(string body)
    {
        var match = MarkerPattern().Match(body);
        return match.Success && int.TryParse(match.Groups["part"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var part)
            && part > 0
            ? new ReplyMarker(match.Groups["turn"].Value, part)
            : null;
    }

    /// <summary>The comment with this marker at its end.</summary>
    public string AppendTo(string markdown) => $"{markdown}\n\n{this}";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"<!-- holdfast:turn={TurnId} part={Part} -->");

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex TurnIdPattern();

    [GeneratedRegex(@"(?:^|\n)<!-- holdfast:turn=(?<turn>[A-Za-z0-9_-]{1,64}) part=(?<part>[0-9]{1,6}) -->\s*\z")]
    private static partial Regex MarkerPattern();
}
