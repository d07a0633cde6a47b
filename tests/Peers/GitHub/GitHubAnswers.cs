using System.Globalization;
using Holdfast.Peers.Scripting;

namespace Holdfast.Peers.GitHub;

/// <summary>GitHub's own ways of saying no.</summary>
public static class GitHubAnswers
{
    public static ScriptedAnswer Refused(int status, string message) =>
        new ScriptedAnswer.Refused(status, $$"""{"message":"{{message}}","documentation_url":"https://docs.github.com/rest"}""");

    public static ScriptedAnswer BadCredentials() => Refused(401, "Bad credentials");

    public static ScriptedAnswer Forbidden() => Refused(403, "Resource not accessible by integration");

    public static ScriptedAnswer NotFound() => Refused(404, "Not Found");

    public static ScriptedAnswer Invalid() => new ScriptedAnswer.Refused(
        422,
        """{"message":"Validation Failed","errors":[{"resource":"IssueComment","code":"custom","field":"body","message":"body is too long"}]}""");

    /// <summary>The hourly allowance is used up until <paramref name="reset"/>.</summary>
    public static ScriptedAnswer RateLimited(DateTimeOffset reset) => new ScriptedAnswer.Refused(
        403,
        """{"message":"API rate limit exceeded for installation ID 1."}""",
        [("X-RateLimit-Limit", "5000"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", Seconds(reset))]);

    /// <summary>Too much content in too short a time; <paramref name="status"/> is 403 or 429.</summary>
    public static ScriptedAnswer SecondaryRateLimited(int status, int? retryAfterSeconds) => new ScriptedAnswer.Refused(
        status,
        """{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}""",
        retryAfterSeconds is { } seconds ? [("Retry-After", seconds.ToString(CultureInfo.InvariantCulture))] : []);

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
