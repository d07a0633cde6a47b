namespace Octokit.Internal;

/// <summary>Answers always the same credentials.</summary>
public class InMemoryCredentialStore : ICredentialStore
{
    private readonly Credentials _credentials;

    public InMemoryCredentialStore(Credentials credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        _credentials = credentials;
    }

    public Task<Credentials> GetCredentials() => Task.FromResult(_credentials);
}
