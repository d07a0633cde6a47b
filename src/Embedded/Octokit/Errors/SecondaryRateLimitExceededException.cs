namespace Octokit;

/// <summary>Too much was asked in too short a time: 403. The pause, when one is named, stands in the header Retry-After of the answer.</summary>
public class SecondaryRateLimitExceededException : ForbiddenException
{
    public SecondaryRateLimitExceededException(IResponse response)
        : this(response, null)
    {
    }

    public SecondaryRateLimitExceededException(IResponse response, Exception? innerException)
        : base(response, innerException)
    {
    }

    public override string Message => ApiErrorMessageSafe ?? "Secondary API Rate Limit exceeded";
}
