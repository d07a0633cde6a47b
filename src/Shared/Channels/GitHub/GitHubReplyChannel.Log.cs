using Microsoft.Extensions.Logging;

namespace Holdfast.Channels.GitHub;

public sealed partial class GitHubReplyChannel
{
    [LoggerMessage(5101, LogLevel.Warning, "GitHub {Call} for {Owner}/{Name}#{Number}: rate limited for {RetryAfter}")]
    private partial void LogRateLimited(string call, string owner, string name, long number, TimeSpan retryAfter);

    [LoggerMessage(5102, LogLevel.Warning, "GitHub {Call} for {Owner}/{Name}#{Number}: refused, {Reason}")]
    private partial void LogRefused(string call, string owner, string name, long number, string reason);

    [LoggerMessage(5103, LogLevel.Warning, "GitHub {Call} for {Owner}/{Name}#{Number}: no answer that tells its outcome ({Cause})")]
    private partial void LogUnanswered(string call, string owner, string name, long number, string cause);
}
