namespace Holdfast.Channels.GitHub;

/// <summary>As whom this app writes to GitHub.</summary>
public abstract record GitHubCredential
{
    private GitHubCredential()
    {
    }

    /// <summary>A personal access token, classic or fine-grained, or one of an action.</summary>
    public sealed record Token(Secret Value) : GitHubCredential;

    /// <summary>A GitHub App, which acts through its installation on the repository.</summary>
    /// <param name="AppId">Greater than zero.</param>
    /// <param name="PrivateKey">Its RSA private key as PEM, PKCS#1 or PKCS#8.</param>
    /// <param name="InstallationId">Null: that of the repository, which is asked for.</param>
    public sealed record App(long AppId, Secret PrivateKey, long? InstallationId) : GitHubCredential;
}
