namespace Holdfast.Channels.Slack;

/// <summary>What became of a post.</summary>
public abstract record SlackPostOutcome
{
    private SlackPostOutcome()
    {
    }

    /// <summary>The message stands.</summary>
    /// <param name="Ts">Its id in the channel.</param>
    public sealed record Posted(string Ts) : SlackPostOutcome;

    /// <summary>Nothing was posted. Try again no sooner than this.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : SlackPostOutcome;

    /// <summary>Nothing was posted, and trying again would change nothing.</summary>
    /// <param name="ErrorCode">Slack's, or <c>http_{status}</c>.</param>
    public sealed record Rejected(string ErrorCode) : SlackPostOutcome;

    /// <summary>It may have been posted or not (timeout, cut connection, server error): look it up before posting again.</summary>
    public sealed record Ambiguous : SlackPostOutcome;
}

/// <summary>What a look-up of a post found.</summary>
public abstract record SlackLookupOutcome
{
    private SlackLookupOutcome()
    {
    }

    /// <summary>The message stands.</summary>
    public sealed record Found(string Ts) : SlackLookupOutcome;

    /// <summary>
    /// The whole range was read and the message is not in it. A post that was cut off only just now may still appear.
    /// </summary>
    public sealed record Absent : SlackLookupOutcome;

    /// <summary>Ask again no sooner than this.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : SlackLookupOutcome;

    /// <summary>Slack does not let us look (a missing scope, for example): whether the message stands stays open.</summary>
    public sealed record Rejected(string ErrorCode) : SlackLookupOutcome;

    /// <summary>No answer, or more messages than are read for one look-up: whether the message stands stays open.</summary>
    public sealed record Unknown : SlackLookupOutcome;
}
