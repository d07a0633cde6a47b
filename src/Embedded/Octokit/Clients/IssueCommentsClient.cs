using Octokit.Internal;

namespace Octokit;

/// <summary><see cref="IIssueCommentsClient"/> over HTTP.</summary>
internal sealed class IssueCommentsClient(RestConnection connection) : IIssueCommentsClient
{
    public Task<IssueComment> Get(string owner, string name, long commentId) =>
        One(HttpMethod.Get, $"{Repository(owner, name)}/issues/comments/{commentId}", null);

    public Task<IssueComment> Get(long repositoryId, long commentId) =>
        One(HttpMethod.Get, $"repositories/{repositoryId}/issues/comments/{commentId}", null);

    public Task<IReadOnlyList<IssueComment>> GetAllForIssue(string owner, string name, long issueNumber) =>
        GetAllForIssue(owner, name, issueNumber, new IssueCommentRequest(), ApiOptions.None);

    public Task<IReadOnlyList<IssueComment>> GetAllForIssue(long repositoryId, long issueNumber) =>
        GetAllForIssue(repositoryId, issueNumber, new IssueCommentRequest(), ApiOptions.None);

    public Task<IReadOnlyList<IssueComment>> GetAllForIssue(string owner, string name, long issueNumber, ApiOptions options) =>
        GetAllForIssue(owner, name, issueNumber, new IssueCommentRequest(), options);

    public Task<IReadOnlyList<IssueComment>> GetAllForIssue(long repositoryId, long issueNumber, ApiOptions options) =>
        GetAllForIssue(repositoryId, issueNumber, new IssueCommentRequest(), options);

    public Task<IReadOnlyList<IssueComment>> GetAllForIssue(string owner, string name, long issueNumber, IssueCommentRequest request) =>
        GetAllForIssue(owner, name, issueNumber, request, ApiOptions.None);

    public Task<IReadOnlyList<IssueComment>> GetAllForIssue(long repositoryId, long issueNumber, IssueCommentRequest request) =>
        GetAllForIssue(repositoryId, issueNumber, request, ApiOptions.None);

    public Task<IReadOnlyList<IssueComment>> GetAllForIssue(
        string owner, string name, long issueNumber, IssueCommentRequest request, ApiOptions options) =>
        All($"{Repository(owner, name)}/issues/{issueNumber}/comments", request, options);

    public Task<IReadOnlyList<IssueComment>> GetAllForIssue(
        long repositoryId, long issueNumber, IssueCommentRequest request, ApiOptions options) =>
        All($"repositories/{repositoryId}/issues/{issueNumber}/comments", request, options);

    public Task<IssueComment> Create(string owner, string name, long issueNumber, string newComment) =>
        One(HttpMethod.Post, $"{Repository(owner, name)}/issues/{issueNumber}/comments", Body(newComment));

    public Task<IssueComment> Create(long repositoryId, long issueNumber, string newComment) =>
        One(HttpMethod.Post, $"repositories/{repositoryId}/issues/{issueNumber}/comments", Body(newComment));

    public Task<IssueComment> Update(string owner, string name, long commentId, string commentUpdate) =>
        One(HttpMethod.Patch, $"{Repository(owner, name)}/issues/comments/{commentId}", Body(commentUpdate));

    public Task<IssueComment> Update(long repositoryId, long commentId, string commentUpdate) =>
        One(HttpMethod.Patch, $"repositories/{repositoryId}/issues/comments/{commentId}", Body(commentUpdate));

    private static string Repository(string owner, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(owner);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return $"repos/{owner}/{name}";
    }

    private static string Body(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return WireJson.Write(new CommentBody(text));
    }

    private async Task<IssueComment> One(HttpMethod method, string path, string? body)
    {
        var (comment, _) = await connection.SendAsync<IssueComment>(method, new Uri(path, UriKind.Relative), body);
        return comment!;
    }

    private Task<IReadOnlyList<IssueComment>> All(string path, IssueCommentRequest request, ApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        return Listing.GetAllAsync<IssueComment>(connection, new Uri(path, UriKind.Relative), request.Parameters(), options);
    }

    private sealed record CommentBody(string Body);
}
