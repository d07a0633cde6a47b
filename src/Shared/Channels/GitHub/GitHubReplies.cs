using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Octokit;

namespace Holdfast.Channels.GitHub;

/// <summary>
/// Answers in the conversation of an issue or pull request, as comments with a hidden <see cref="ReplyMarker"/>, and finds what it
/// posted. Never posts twice by itself: a lost answer is reported as such. Safe for concurrent use; keeping to 80 contents a minute
/// and 500 an hour is the caller's business.
/// </summary>
public sealed partial class GitHubReplies
{
    private const int LookupPageSize = 100;

    private readonly OctokitGate _gate;
    private readonly ILogger<GitHubReplies> _logger;

    /// <exception cref="ArgumentException">The private key is none.</exception>
    public GitHubReplies(GitHubOptions options, TimeProvider time, ILogger<GitHubReplies> logger)
    {
        _gate = new OctokitGate(options, time);
        _logger = logger;
    }

    /// <summary>Posts one comment, with a marker that <see cref="FindPostedAsync"/> looks for.</summary>
    /// <param name="owner">The repository's owner.</param>
    /// <param name="repo">The repository's name.</param>
    /// <param name="number">The issue's or pull request's number.</param>
    /// <param name="body">1 to <see cref="GitHubTextSplitter.MaxCharacters"/> characters; goes out unchanged before the marker.</param>
    /// <param name="turnId">The turn that it answers.</param>
    /// <param name="part">Which part of the answer, from 1.</param>
    /// <param name="cancellationToken">Gives up waiting; the request runs on.</param>
    /// <exception cref="ArgumentException">The text is blank or too long, or the id does not fit a marker; nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">Cancelled by the caller; the comment may have been posted.</exception>
    public async Task<GitHubPostOutcome> PostCommentAsync(
        string owner, string repo, long number, string body, string turnId, int part, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(owner);
        ArgumentException.ThrowIfNullOrWhiteSpace(repo);
        ArgumentException.ThrowIfNullOrWhiteSpace(body);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, GitHubTextSplitter.MaxCharacters);
        var text = new ReplyMarker(turnId, part).AppendTo(body);
        var answer = await _gate.CallAsync(owner, repo, client => client.Issue.Comment.Create(owner, repo, number, text), cancellationToken);
        Log(answer, "comment", owner, repo, number);
        return answer switch
        {
            GateAnswer<IssueComment>.Done done => new GitHubPostOutcome.Posted(done.Value.Id, done.Value.HtmlUrl ?? ""),
            GateAnswer<IssueComment>.RateLimited limited => new GitHubPostOutcome.RateLimited(limited.RetryAfter),
            GateAnswer<IssueComment>.Refused refused => new GitHubPostOutcome.Rejected(refused.Reason),
            GateAnswer<IssueComment>.Unknown => new GitHubPostOutcome.Ambiguous(),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Looks for a comment that <see cref="PostCommentAsync"/> may have posted, by its marker.</summary>
    /// <param name="notBefore">The post was not tried before; leave room for a difference of clocks. Bounds what is read.</param>
    public async Task<GitHubLookupOutcome> FindPostedAsync(
        string owner, string repo, long number, string turnId, int part, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(owner);
        ArgumentException.ThrowIfNullOrWhiteSpace(repo);
        var marker = new ReplyMarker(turnId, part);
        var (request, pages) = (new IssueCommentRequest { Since = notBefore }, new ApiOptions { PageSize = LookupPageSize });
        var answer = await _gate.CallAsync(
            owner, repo, client => client.Issue.Comment.GetAllForIssue(owner, repo, number, request, pages), cancellationToken);
        Log(answer, "look-up", owner, repo, number);
        return answer switch
        {
            GateAnswer<IReadOnlyList<IssueComment>>.Done done => Find(done.Value, marker),
            GateAnswer<IReadOnlyList<IssueComment>>.RateLimited limited => new GitHubLookupOutcome.RateLimited(limited.RetryAfter),
            GateAnswer<IReadOnlyList<IssueComment>>.Refused refused => new GitHubLookupOutcome.Rejected(refused.Reason),
            GateAnswer<IReadOnlyList<IssueComment>>.Unknown => new GitHubLookupOutcome.Unknown(),
            _ => throw new UnreachableException(),
        };
    }

    private static GitHubLookupOutcome Find(IReadOnlyList<IssueComment> comments, ReplyMarker marker) =>
        comments.FirstOrDefault(comment => ReplyMarker.TryRead(comment.Body ?? "") == marker) is { } found
            ? new GitHubLookupOutcome.Found(found.Id, found.HtmlUrl ?? "")
            : new GitHubLookupOutcome.Absent();

    private void Log<T>(GateAnswer<T> answer, string call, string owner, string name, long number)
    {
        switch (answer)
        {
            case GateAnswer<T>.RateLimited limited:
                LogRateLimited(call, owner, name, number, limited.RetryAfter);
                break;
            case GateAnswer<T>.Refused refused:
                LogRefused(call, owner, name, number, refused.Reason);
                break;
            case GateAnswer<T>.Unknown unknown:
                LogUnanswered(call, owner, name, number, unknown.Cause);
                break;
        }
    }
}
