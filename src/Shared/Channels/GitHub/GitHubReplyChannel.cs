using Holdfast.Delivery;
using Holdfast.Inbox;

namespace Holdfast.Channels.GitHub;

/// <summary>Replies as comments on an issue or pull request.</summary>
public sealed class GitHubReplyChannel(GitHubReplies replies, GitHubOptions options) : IReplyChannel
{
    /// <summary>How long to wait before looking again when GitHub gave no answer.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(5);

    public string Name => "github";

    public TimeSpan AnswersWithin => options.CallTimeout;

    public IReadOnlyList<string> Split(string text) => GitHubTextSplitter.Split(text);

    public async Task<PostOutcome> PostAsync(ReplyTarget target, ReplyPart part, CancellationToken cancellationToken)
    {
        var thread = ThreadOf(target);
        return await replies.PostCommentAsync(thread.Owner, thread.Repository, thread.Number, part.Text, part.TurnId, part.Number, cancellationToken) switch
        {
            GitHubPostOutcome.Posted posted => new PostOutcome.Posted(posted.Url),
            GitHubPostOutcome.RateLimited limited => new PostOutcome.RateLimited(limited.RetryAfter),
            GitHubPostOutcome.Rejected rejected => new PostOutcome.Refused(rejected.Reason),
            _ => new PostOutcome.Ambiguous(),
        };
    }

    public async Task<LookupOutcome> FindAsync(ReplyTarget target, ReplyPart part, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        var thread = ThreadOf(target);
        return await replies.FindPostedAsync(thread.Owner, thread.Repository, thread.Number, part.TurnId, part.Number, notBefore, cancellationToken) switch
        {
            GitHubLookupOutcome.Found found => new LookupOutcome.Found(found.Url),
            GitHubLookupOutcome.Absent => new LookupOutcome.Absent(),
            GitHubLookupOutcome.RateLimited limited => new LookupOutcome.Later(limited.RetryAfter),
            GitHubLookupOutcome.Rejected rejected => new LookupOutcome.Forbidden(rejected.Reason),
            _ => new LookupOutcome.Later(LookAgainAfter),
        };
    }

    private static ReplyTarget.GitHub ThreadOf(ReplyTarget target) => (ReplyTarget.GitHub)target;
}
