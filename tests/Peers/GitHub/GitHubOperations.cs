namespace Holdfast.Peers.GitHub;

/// <summary>The names under which calls are recorded and scripted.</summary>
public static class GitHubOperations
{
    public const string CreateComment = "createComment";

    public const string ListComments = "listComments";

    public const string UpdateComment = "updateComment";

    public const string GetComment = "getComment";

    public const string CreateInstallationToken = "createInstallationToken";

    public const string GetInstallation = "getInstallation";
}
