using Microsoft.Extensions.Logging;

namespace Holdfast.Channels.Slack;

internal sealed partial class SlackApi
{
    [LoggerMessage(5001, LogLevel.Warning, "Slack {Method}: rate limited for {RetryAfter}")]
    private partial void LogRateLimited(string method, TimeSpan retryAfter);

    [LoggerMessage(5002, LogLevel.Warning, "Slack {Method}: refused with {ErrorCode}")]
    private partial void LogRefused(string method, string errorCode);

    [LoggerMessage(5003, LogLevel.Warning, "Slack {Method}: no answer that tells its outcome ({Cause})")]
    private partial void LogUnanswered(string method, string cause);
}
