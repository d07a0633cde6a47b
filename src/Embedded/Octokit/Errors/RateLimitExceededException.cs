namespace Octokit;

/// <summary>The hourly allowance is used up: 403.</summary>
public class RateLimitExceededException : ForbiddenException
{
    private readonly RateLimit _rateLimit;
    private readonly TimeSpan _serverTimeDifference;

    public RateLimitExceededException(IResponse response)
        : this(response, null)
    {
    }

    public RateLimitExceededException(IResponse response, Exception? innerException)
        : base(response, innerException)
    {
        _rateLimit = response.ApiInfo.RateLimit;
        _serverTimeDifference = response.ApiInfo.ServerTimeDifference;
    }

    public int Limit => _rateLimit.Limit;

    public int Remaining => _rateLimit.Remaining;

    /// <summary>When the allowance starts anew, by the server's clock.</summary>
    public DateTimeOffset Reset => _rateLimit.Reset;

    public override string Message => ApiErrorMessageSafe ?? "API Rate Limit exceeded";

    /// <summary>The pause until <see cref="Reset"/>, never negative.</summary>
    public TimeSpan GetRetryAfterTimeSpan()
    {
        var pause = Reset + _serverTimeDifference - TimeProvider.System.GetUtcNow();
        return pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
    }
}
