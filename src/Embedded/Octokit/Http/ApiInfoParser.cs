using System.Globalization;
using System.Text.RegularExpressions;

namespace Octokit.Internal;

/// <summary>Reads page links, scopes, ETag, rate limit and clock difference from response headers.</summary>
internal static partial class ApiInfoParser
{
    /// <summary>The header that <see cref="RestConnection"/> adds: when the answer's head arrived by our clock.</summary>
    public const string ReceivedAtHeader = "X-Octokit-ReceivedDate";

    public static ApiInfo Parse(IReadOnlyDictionary<string, string> headers)
    {
        var byName = new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase);
        return new ApiInfo(
            Links(byName.GetValueOrDefault("Link")),
            List(byName.GetValueOrDefault("X-OAuth-Scopes")),
            List(byName.GetValueOrDefault("X-Accepted-OAuth-Scopes")),
            byName.GetValueOrDefault("ETag"),
            new RateLimit(byName),
            Difference(byName.GetValueOrDefault("Date"), byName.GetValueOrDefault(ReceivedAtHeader)));
    }

    private static Dictionary<string, Uri> Links(string? header)
    {
        var links = new Dictionary<string, Uri>();
        foreach (Match match in LinkPattern().Matches(header ?? ""))
        {
            links[match.Groups["rel"].Value] = new Uri(match.Groups["uri"].Value);
        }

        return links;
    }

    private static List<string> List(string? header) =>
        [.. (header ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static TimeSpan Difference(string? server, string? received) =>
        DateTimeOffset.TryParse(server, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var serverAt)
            && DateTimeOffset.TryParse(received, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var receivedAt)
            ? serverAt - receivedAt
            : TimeSpan.Zero;

    [GeneratedRegex("<(?<uri>[^>]+)>[^,<]*rel=\"(?<rel>next|prev|first|last)\"", RegexOptions.IgnoreCase)]
    private static partial Regex LinkPattern();
}
