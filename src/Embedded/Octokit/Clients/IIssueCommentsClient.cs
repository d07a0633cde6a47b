namespace Octokit;

/// <summary>
/// Comments on issues; a pull request's conversation is an issue of the same number. Each call throws <see cref="ApiException"/>
/// or one of its heirs when the API refuses, and <see cref="HttpRequestException"/> or <see cref="TaskCanceledException"/> when no
/// answer came.
/// </summary>
public interface IIssueCommentsClient
{
    Task<IssueComment> Get(string owner, string name, long commentId);

    Task<IssueComment> Get(long repositoryId, long commentId);

    Task<IReadOnlyList<IssueComment>> GetAllForIssue(string owner, string name, long issueNumber);

    Task<IReadOnlyList<IssueComment>> GetAllForIssue(long repositoryId, long issueNumber);

    Task<IReadOnlyList<IssueComment>> GetAllForIssue(string owner, string name, long issueNumber, ApiOptions options);

    Task<IReadOnlyList<IssueComment>> GetAllForIssue(long repositoryId, long issueNumber, ApiOptions options);

    Task<IReadOnlyList<IssueComment>> GetAllForIssue(string owner, string name, long issueNumber, IssueCommentRequest request);

    Task<IReadOnlyList<IssueComment>> GetAllForIssue(long repositoryId, long issueNumber, IssueCommentRequest request);

    Task<IReadOnlyList<IssueComment>> GetAllForIssue(string owner, string name, long issueNumber, IssueCommentRequest request, ApiOptions options);

    Task<IReadOnlyList<IssueComment>> GetAllForIssue(long repositoryId, long issueNumber, IssueCommentRequest request, ApiOptions options);

    Task<IssueComment> Create(string owner, string name, long issueNumber, string newComment);

    Task<IssueComment> Create(long repositoryId, long issueNumber, string newComment);

    Task<IssueComment> Update(string owner, string name, long commentId, string commentUpdate);

    Task<IssueComment> Update(long repositoryId, long commentId, string commentUpdate);
}
