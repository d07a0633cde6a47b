namespace Octokit;

/// <summary>Asked before each request which credentials it carries, so that a client outlives a token.</summary>
public interface ICredentialStore
{
    Task<Credentials> GetCredentials();
}
