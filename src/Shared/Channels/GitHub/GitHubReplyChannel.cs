using System.Globalization;
using Holdfast.Channels.Markdown;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Microsoft.Extensions.Logging;
using Octokit;

namespace Holdfast.Channels.GitHub;

/// <summary>
/// Replies as comments on an issue or pull request, with a hidden <see cref="ReplyMarker"/> by which it finds what it posted. A lost answer
/// is reported as such. Safe for concurrent use; keeping to 80 contents a minute and 500 an hour is the caller's business.
/// </summary>
public sealed partial class GitHubReplyChannel : IReplyChannel
{
    /// <summary>What is left of GitHub's limit for a comment, in characters, beside the marker.</summary>
    public const int MaxCharacters = 65_536 - ReplyMarker.MaxCharacters;

    private const int LookupPageSize = 100;

    /// <summary>How long to wait before looking again when GitHub gave no answer.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(5);

    private readonly OctokitGate _gate;
    private readonly ILogger _logger;

    /// <exception cref="ArgumentException">The private key is none.</exception>
    public GitHubReplyChannel(GitHubOptions options, TimeProvider clock, ILogger<GitHubReplyChannel> logger)
    {
        _gate = new OctokitGate(options, clock);
        _logger = logger;
        AnswersWithin = options.CallTimeout;
    }

    public string Name => "github";

    public TimeSpan AnswersWithin { get; }

    public IReadOnlyList<string> Split(string text) => MarkdownSplitter.Split(text, MaxCharacters);

    /// <summary>One comment.</summary>
    /// <exception cref="ArgumentException">The text is too long; nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">Cancelled by the caller; the comment may have been posted.</exception>
    public async Task<PostOutcome> PostAsync(ReplyTarget target, ReplyPart part, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part.Text.Length, MaxCharacters);
        var (owner, name, number) = (ReplyTarget.GitHub)target;
        var text = MarkerOf(part).AppendTo(part.Text);
        var answer =
            await _gate.CallAsync(owner, name, client => client.Issue.Comment.Create(owner, name, number, text), cancellationToken);
        return Logged(answer, "comment", (ReplyTarget.GitHub)target).AsPost(IdOf);
    }

    /// <summary>All comments since then, by the marker.</summary>
    public async Task<LookupOutcome> FindAsync(
        ReplyTarget target, ReplyPart part, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        var (owner, name, number) = (ReplyTarget.GitHub)target;
        var (request, pages) = (new IssueCommentRequest { Since = notBefore }, new ApiOptions { PageSize = LookupPageSize });
        var answer = await _gate.CallAsync(
            owner, name, client => client.Issue.Comment.GetAllForIssue(owner, name, number, request, pages), cancellationToken);
        return Logged(answer, "look-up", (ReplyTarget.GitHub)target).AsLookup(
            comments =>
                comments.FirstOrDefault(comment => ReplyMarker.TryRead(comment.Body ?? "") == MarkerOf(part)) is { } found
                ? IdOf(found)
                : null,
            LookAgainAfter);
    }

    private static ReplyMarker MarkerOf(ReplyPart part) => new(part.TurnId.Value, part.Number);

    private static string IdOf(IssueComment comment) => comment.HtmlUrl ?? comment.Id.ToString(CultureInfo.InvariantCulture);

    private PlatformAnswer<T> Logged<T>(PlatformAnswer<T> answer, string call, ReplyTarget.GitHub target)
    {
        switch (answer)
        {
            case PlatformAnswer<T>.RateLimited limited:
                LogRateLimited(call, target.Owner, target.Repository, target.Number, limited.RetryAfter);
                break;
            case PlatformAnswer<T>.Refused refused:
                LogRefused(call, target.Owner, target.Repository, target.Number, refused.Reason);
                break;
            case PlatformAnswer<T>.Unknown unknown:
                LogUnanswered(call, target.Owner, target.Repository, target.Number, unknown.Cause);
                break;
        }

        return answer;
    }
}
