namespace Holdfast.Channels.GitHub;

/// <summary>What became of a comment.</summary>
public abstract record GitHubPostOutcome
{
    private GitHubPostOutcome()
    {
    }

    /// <summary>The comment stands.</summary>
    public sealed record Posted(long Id, string Url) : GitHubPostOutcome;

    /// <summary>Nothing was posted. Try again no sooner than this.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : GitHubPostOutcome;

    /// <summary>Nothing was posted, and trying again would change nothing.</summary>
    /// <param name="Reason">unauthorized, forbidden, not_found, validation_failed, or <c>http_{status}</c>.</param>
    public sealed record Rejected(string Reason) : GitHubPostOutcome;

    /// <summary>It may have been posted or not (timeout, cut connection, server error): look it up before posting again.</summary>
    public sealed record Ambiguous : GitHubPostOutcome;
}

/// <summary>What a look-up of a comment found.</summary>
public abstract record GitHubLookupOutcome
{
    private GitHubLookupOutcome()
    {
    }

    /// <summary>The comment stands.</summary>
    public sealed record Found(long Id, string Url) : GitHubLookupOutcome;

    /// <summary>All comments were read and it is not among them. A post that was cut off only just now may still appear.</summary>
    public sealed record Absent : GitHubLookupOutcome;

    /// <summary>Ask again no sooner than this.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : GitHubLookupOutcome;

    /// <summary>GitHub does not let us look: whether the comment stands stays open.</summary>
    /// <param name="Reason">As of <see cref="GitHubPostOutcome.Rejected"/>.</param>
    public sealed record Rejected(string Reason) : GitHubLookupOutcome;

    /// <summary>No answer: whether the comment stands stays open.</summary>
    public sealed record Unknown : GitHubLookupOutcome;
}
