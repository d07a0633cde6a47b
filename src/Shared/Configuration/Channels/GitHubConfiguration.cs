namespace Holdfast.Configuration.Channels;

/// <summary>As whom this app writes to GitHub.</summary>
public sealed record GitHubConfiguration
{
    /// <summary>Written as <c>token</c> or <c>app</c>, exactly one of them.</summary>
    public required GitHubCredential Credential { get; init; }

    /// <summary>Base of the REST API, with a slash at its end. https, except on loopback. Default <c>https://api.github.com/</c>.</summary>
    public Uri ApiBaseUrl { get; init; } = new("https://api.github.com/");
}
