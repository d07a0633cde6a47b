namespace Octokit;

/// <summary>A client of the API's version 3.</summary>
public interface IGitHubClient
{
    IIssuesClient Issue { get; }

    IGitHubAppsClient GitHubApps { get; }

    /// <summary>What the headers of the last answer said; null before the first.</summary>
    ApiInfo? GetLastApiInfo();

    void SetRequestTimeout(TimeSpan timeout);
}
