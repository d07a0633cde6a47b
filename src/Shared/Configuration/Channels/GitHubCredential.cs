namespace Holdfast.Configuration.Channels;

/// <summary>As whom this app writes to GitHub.</summary>
public abstract record GitHubCredential
{
    private GitHubCredential()
    {
    }

    /// <summary>A personal access token or one of an action.</summary>
    public sealed record Token(Secret Value) : GitHubCredential;

    /// <summary>A GitHub App.</summary>
    /// <param name="AppId">Greater than zero.</param>
    /// <param name="PrivateKey">PEM.</param>
    /// <param name="InstallationId">Null: that of the event, or found by the repository.</param>
    public sealed record App(long AppId, Secret PrivateKey, long? InstallationId) : GitHubCredential;
}
