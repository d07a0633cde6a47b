namespace Holdfast.Configuration.Agents;

/// <summary>How sessions of an agent behave when somebody else writes or speaks.</summary>
public sealed record SessionConfiguration
{
    /// <summary>What happens to an answer whose session another run has taken over. Default: strict.</summary>
    public FenceMode FenceMode { get; init; } = FenceMode.Strict;

    /// <summary>What happens to a message that arrives during a turn. Default: followup, so far the only one that can be chosen.</summary>
    public QueueMode QueueMode { get; init; } = QueueMode.FollowUp;
}
