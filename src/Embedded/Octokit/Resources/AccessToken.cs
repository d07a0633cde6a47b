namespace Octokit;

/// <summary>The token of an installation.</summary>
public class AccessToken
{
    public AccessToken()
    {
    }

    public AccessToken(string token, DateTimeOffset expiresAt)
    {
        Token = token;
        ExpiresAt = expiresAt;
    }

    public string Token { get; private set; } = "";

    /// <summary>One hour after it was made.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }
}
