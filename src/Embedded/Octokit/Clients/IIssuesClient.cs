using Octokit.Internal;

namespace Octokit;

/// <summary>Issues and what hangs on them.</summary>
public interface IIssuesClient
{
    IIssueCommentsClient Comment { get; }
}

internal sealed class IssuesClient(RestConnection connection) : IIssuesClient
{
    public IIssueCommentsClient Comment { get; } = new IssueCommentsClient(connection);
}
