namespace Holdfast.Channels.GitHub;

/// <summary>As whom this app writes to GitHub, and how it is reached.</summary>
public sealed record GitHubOptions
{
    /// <summary>Written as <c>token</c> or <c>app</c>, exactly one of them.</summary>
    public required GitHubCredential Credential { get; init; }

    /// <summary>Base of the REST API, with a slash at its end. https, except on loopback. Default <c>https://api.github.com/</c>.</summary>
    public Uri ApiBaseUrl { get; init; } = new("https://api.github.com/");

    /// <summary>How long a call may take until its outcome counts as unknown: 20 s.</summary>
    internal TimeSpan RequestTimeout { get; } = TimeSpan.FromSeconds(20);
}
