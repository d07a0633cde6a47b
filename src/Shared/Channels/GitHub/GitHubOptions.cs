using System.ComponentModel.DataAnnotations;

namespace Holdfast.Channels.GitHub;

/// <summary>
/// As whom this app writes to GitHub, and how it is reached: <see cref="Token"/> or <see cref="App"/>, exactly one of them.
/// </summary>
public sealed record GitHubOptions : IValidatableObject
{
    /// <summary>A personal access token, classic or fine-grained, or one of an action.</summary>
    public Secret? Token { get; set; }

    /// <summary>A GitHub App, which acts through its installation on the repository.</summary>
    public GitHubApp? App { get; set; }

    /// <summary>Base of the REST API, with a slash at its end. https, except on loopback. Default <c>https://api.github.com/</c>.</summary>
    public Uri ApiBaseUrl { get; set; } = new("https://api.github.com/");

    /// <summary>How long one request may take: 20 s.</summary>
    internal TimeSpan RequestTimeout { get; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a call may take until its outcome counts as unknown: two requests for a token and its own. Nothing of it is begun that
    /// could end later.
    /// </summary>
    internal TimeSpan CallTimeout => 3 * RequestTimeout;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Token is null == App is null)
        {
            yield return new ValidationResult("must have one of the keys token and app, and not both");
        }
    }
}

/// <summary>A GitHub App's own identity.</summary>
public sealed record GitHubApp
{
    /// <summary>Greater than zero.</summary>
    [Range(typeof(long), "1", "9223372036854775807")]
    public required long AppId { get; set; }

    /// <summary>Its RSA private key as PEM, PKCS#1 or PKCS#8.</summary>
    public required Secret PrivateKey { get; set; }

    /// <summary>Null, the default: that of the repository, which is asked for.</summary>
    [Range(typeof(long), "1", "9223372036854775807")]
    public long? InstallationId { get; set; }
}
