namespace Octokit;

/// <summary>What a client proves itself with. Never changes after construction.</summary>
public class Credentials
{
    /// <summary>No credentials.</summary>
    public static readonly Credentials Anonymous = new();

    /// <summary>A token of type <see cref="AuthenticationType.Oauth"/>.</summary>
    public Credentials(string token)
        : this(token, AuthenticationType.Oauth)
    {
    }

    /// <exception cref="ArgumentException">The token is empty.</exception>
    public Credentials(string token, AuthenticationType authenticationType)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(token);
        Password = token;
        AuthenticationType = authenticationType;
    }

    /// <summary>User name and password, sent as <see cref="AuthenticationType.Basic"/>.</summary>
    public Credentials(string login, string password)
        : this(login, password, AuthenticationType.Basic)
    {
    }

    /// <exception cref="ArgumentException">Login or password is empty.</exception>
    public Credentials(string login, string password, AuthenticationType authenticationType)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(login);
        ArgumentException.ThrowIfNullOrWhiteSpace(password);
        Login = login;
        Password = password;
        AuthenticationType = authenticationType;
    }

    private Credentials() => AuthenticationType = AuthenticationType.Anonymous;

    /// <summary>Null for a token.</summary>
    public string? Login { get; private set; }

    /// <summary>The password or the token; null when anonymous.</summary>
    public string? Password { get; private set; }

    public AuthenticationType AuthenticationType { get; private set; }
}
