using System.Globalization;

namespace Octokit;

/// <summary>The hourly allowance as the headers of an answer tell it; zeros when they do not.</summary>
public class RateLimit
{
    public RateLimit()
    {
    }

    public RateLimit(IDictionary<string, string> responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        Limit = (int)Number(responseHeaders, "X-RateLimit-Limit");
        Remaining = (int)Number(responseHeaders, "X-RateLimit-Remaining");
        ResetAsUtcEpochSeconds = Number(responseHeaders, "X-RateLimit-Reset");
    }

    public RateLimit(int limit, int remaining, long resetAsUtcEpochSeconds)
    {
        Limit = limit;
        Remaining = remaining;
        ResetAsUtcEpochSeconds = resetAsUtcEpochSeconds;
    }

    public int Limit { get; private set; }

    public int Remaining { get; private set; }

    /// <summary>When the allowance starts anew.</summary>
    public DateTimeOffset Reset => DateTimeOffset.FromUnixTimeSeconds(ResetAsUtcEpochSeconds);

    public long ResetAsUtcEpochSeconds { get; private set; }

    private static long Number(IDictionary<string, string> headers, string name)
    {
        var value = headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        return long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
