namespace Holdfast.Channels.GitHub;

/// <summary>What one call of GitHub's API came to.</summary>
internal abstract record GateAnswer<T>
{
    private GateAnswer()
    {
    }

    public sealed record Done(T Value) : GateAnswer<T>;

    /// <summary>Not done; wait first.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : GateAnswer<T>;

    /// <summary>Not done.</summary>
    public sealed record Refused(string Reason) : GateAnswer<T>;

    /// <summary>Done or not done.</summary>
    public sealed record Unknown(string Cause) : GateAnswer<T>;
}
