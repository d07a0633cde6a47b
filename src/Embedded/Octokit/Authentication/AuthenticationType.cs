namespace Octokit;

/// <summary>How a request proves who sends it.</summary>
public enum AuthenticationType
{
    /// <summary>No proof at all.</summary>
    Anonymous,

    /// <summary>User name and password.</summary>
    Basic,

    /// <summary>A personal access token or an installation token; goes out with the scheme <c>Token</c>.</summary>
    Oauth,

    /// <summary>The signed token of a GitHub App; goes out with the scheme <c>Bearer</c>.</summary>
    Bearer,
}
