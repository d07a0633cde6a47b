namespace Holdfast.GitHub;

/// <summary>What we prove ourselves with to GitHub. Neither case shows its secret as text.</summary>
public abstract record GitHubAccess
{
    private GitHubAccess()
    {
    }

    /// <summary>A personal access token, classic or fine-grained.</summary>
    public sealed record Token(string Value) : GitHubAccess
    {
        public override string ToString() => nameof(Token);
    }

    /// <summary>A GitHub App, which acts through its installation on the repository.</summary>
    /// <param name="Issuer">The app's client id or its numeric id.</param>
    /// <param name="PrivateKeyPem">Its RSA private key, PKCS#1 or PKCS#8.</param>
    public sealed record App(string Issuer, string PrivateKeyPem) : GitHubAccess
    {
        public override string ToString() => $"{nameof(App)} {Issuer}";
    }
}
