namespace Holdfast.Channels.GitHub;

/// <summary>As whom this app writes to GitHub, and how it is reached.</summary>
public sealed record GitHubOptions
{
    /// <summary>Written as <c>token</c> or <c>app</c>, exactly one of them.</summary>
    public required GitHubCredential Credential { get; init; }

    /// <summary>Base of the REST API, with a slash at its end. https, except on loopback. Default <c>https://api.github.com/</c>.</summary>
    public Uri ApiBaseUrl { get; init; } = new("https://api.github.com/");

    /// <summary>How long one request may take: 20 s.</summary>
    internal TimeSpan RequestTimeout { get; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a call may take until its outcome counts as unknown: two requests for a token and its own. Nothing of it is begun that
    /// could end later.
    /// </summary>
    internal TimeSpan CallTimeout => 3 * RequestTimeout;
}
