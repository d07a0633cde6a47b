namespace Octokit;

/// <summary>What a GitHub App may ask about itself. Needs credentials of type <see cref="AuthenticationType.Bearer"/>.</summary>
public interface IGitHubAppsClient
{
    Task<Installation> GetInstallationForCurrent(long installationId);

    /// <exception cref="NotFoundException">The app is not installed on the repository.</exception>
    Task<Installation> GetRepositoryInstallationForCurrent(string owner, string repo);

    /// <inheritdoc cref="GetRepositoryInstallationForCurrent(string, string)"/>
    Task<Installation> GetRepositoryInstallationForCurrent(long repositoryId);

    /// <summary>Makes a new token, good for an hour. Earlier ones stay good.</summary>
    Task<AccessToken> CreateInstallationToken(long installationId);
}
