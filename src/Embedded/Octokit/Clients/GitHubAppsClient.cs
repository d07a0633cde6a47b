using Octokit.Internal;

namespace Octokit;

/// <summary><see cref="IGitHubAppsClient"/> over HTTP.</summary>
internal sealed class GitHubAppsClient(RestConnection connection) : IGitHubAppsClient
{
    public Task<Installation> GetInstallationForCurrent(long installationId) =>
        Send<Installation>(HttpMethod.Get, $"app/installations/{installationId}", null);

    public Task<Installation> GetRepositoryInstallationForCurrent(string owner, string repo)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(owner);
        ArgumentException.ThrowIfNullOrWhiteSpace(repo);
        return Send<Installation>(HttpMethod.Get, $"repos/{owner}/{repo}/installation", null);
    }

    public Task<Installation> GetRepositoryInstallationForCurrent(long repositoryId) =>
        Send<Installation>(HttpMethod.Get, $"repositories/{repositoryId}/installation", null);

    public Task<AccessToken> CreateInstallationToken(long installationId) =>
        Send<AccessToken>(HttpMethod.Post, $"app/installations/{installationId}/access_tokens", "");

    private async Task<T> Send<T>(HttpMethod method, string path, string? body)
    {
        var (model, _) = await connection.SendAsync<T>(method, new Uri(path, UriKind.Relative), body);
        return model!;
    }
}
