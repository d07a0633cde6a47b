namespace Holdfast.Channels.GitHub;

/// <summary>Somebody wrote something: a comment, an issue or a pull request.</summary>
public sealed record GitHubMessage
{
    /// <summary>X-GitHub-Delivery; the same in a redelivery.</summary>
    public required string DeliveryId { get; init; }

    /// <summary>X-GitHub-Event: issue_comment, issues, pull_request or pull_request_review_comment.</summary>
    public required string EventName { get; init; }

    /// <summary>created or opened.</summary>
    public required string Action { get; init; }

    /// <summary>The repository's owner.</summary>
    public required string Owner { get; init; }

    /// <summary>The repository's name, without its owner.</summary>
    public required string Repository { get; init; }

    /// <summary>Of the issue or pull request; these share their numbers.</summary>
    public required int Number { get; init; }

    /// <summary>What was written; may be empty for an issue or pull request.</summary>
    public required string Body { get; init; }

    public required string SenderLogin { get; init; }

    /// <summary><c>owner/name</c>.</summary>
    public string FullName => $"{Owner}/{Repository}";
}
