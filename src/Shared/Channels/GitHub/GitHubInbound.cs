namespace Holdfast.Channels.GitHub;

/// <summary>Why a delivery is none of ours.</summary>
public enum GitHubIgnoreReason
{
    /// <summary>It carries the marker of our own replies: answering would make a loop.</summary>
    OwnReply = 1,

    /// <summary>An action that brings no new text, for example an edit.</summary>
    OtherAction = 2,

    /// <summary>A kind of event that we do not handle.</summary>
    OtherEvent = 3,
}

/// <summary>What an accepted webhook delivery says.</summary>
public abstract record GitHubInbound
{
    private GitHubInbound()
    {
    }

    /// <summary>GitHub tries the webhook out.</summary>
    public sealed record Ping(string DeliveryId) : GitHubInbound;

    /// <summary>Somebody wrote something: a comment, an issue or a pull request.</summary>
    public sealed record Message : GitHubInbound
    {
        /// <summary>X-GitHub-Delivery; the same in a redelivery.</summary>
        public required string DeliveryId { get; init; }

        /// <summary>X-GitHub-Event: issue_comment, issues, pull_request or pull_request_review_comment.</summary>
        public required string EventName { get; init; }

        /// <summary>created or opened.</summary>
        public required string Action { get; init; }

        public required GitHubThread Thread { get; init; }

        /// <summary>The title of the issue or pull request.</summary>
        public required string Title { get; init; }

        /// <summary>What was written; may be empty for an issue or pull request.</summary>
        public required string Body { get; init; }

        public required string SenderLogin { get; init; }

        /// <summary>User, Bot or Organization.</summary>
        public required string SenderType { get; init; }

        /// <summary>The address that a browser takes.</summary>
        public required string HtmlUrl { get; init; }

        /// <summary>The comment's id; null for an issue or pull request itself.</summary>
        public long? CommentId { get; init; }

        /// <summary>The app's installation that it was delivered for; null for a webhook of the repository.</summary>
        public long? InstallationId { get; init; }

        /// <summary>When it was written, in whole seconds.</summary>
        public required DateTimeOffset WrittenAt { get; init; }
    }

    /// <summary>Well formed, and nothing to do.</summary>
    public sealed record Ignored(GitHubIgnoreReason Reason) : GitHubInbound;

    /// <summary>Not what GitHub sends: answer 400.</summary>
    /// <param name="Reason">Names the place, never the content.</param>
    public sealed record Malformed(string Reason) : GitHubInbound;
}

/// <summary>The conversation of an issue or pull request.</summary>
/// <param name="Number">Issues and pull requests of a repository share their numbers.</param>
public sealed record GitHubThread(string Owner, string Name, long Number, bool IsPullRequest)
{
    /// <summary><c>owner/name</c>.</summary>
    public string FullName => $"{Owner}/{Name}";
}
