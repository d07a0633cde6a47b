namespace Holdfast.GitHub;

/// <summary>How GitHub's REST API is reached.</summary>
public sealed class GitHubOptions
{
    public required GitHubAccess Access { get; init; }

    /// <summary>github.com, or an enterprise server's root (its API lies below <c>/api/v3/</c>).</summary>
    public Uri BaseAddress { get; init; } = new("https://api.github.com/");

    /// <summary>How long one request may take. More than zero.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a call may take until its outcome counts as unknown: two requests for a token and its own. Nothing of it is begun that
    /// could end later.
    /// </summary>
    public TimeSpan CallTimeout => 3 * RequestTimeout;
}
