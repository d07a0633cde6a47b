namespace Holdfast.Channels;

/// <summary>Where an answer goes. Written as an object whose <c>kind</c> is none, comment, slack or github.</summary>
public abstract record DeliveryTarget
{
    private DeliveryTarget()
    {
    }

    /// <summary>Nowhere; it stands in the transcript.</summary>
    public sealed record None : DeliveryTarget;

    /// <summary>As a comment on the issue or pull request that the event was about. GitHub hooks only.</summary>
    public sealed record Comment : DeliveryTarget;

    /// <summary>As a Slack message.</summary>
    /// <param name="Channel">Channel id, not its name.</param>
    /// <param name="Thread">The <c>ts</c> of a thread's first message; null posts into the channel itself.</param>
    public sealed record Slack(string Channel, string? Thread) : DeliveryTarget;

    /// <summary>As a comment on one issue or pull request.</summary>
    /// <param name="Repository"><c>owner/name</c>.</param>
    /// <param name="Number">Greater than zero.</param>
    public sealed record GitHub(string Repository, int Number) : DeliveryTarget;
}
