using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Holdfast.Storage;

/// <summary>Where the blobs are and how patiently they are asked for. Exactly one of the two addresses is set.</summary>
public sealed class StorageOptions : IValidatableObject
{
    /// <summary>A storage connection string (Azurite, or an account with shared keys). No default.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// The blob endpoint, <c>https://ACCOUNT.blob.core.windows.net</c>, for an identity without a secret: the managed identity in the
    /// cloud, the developer's login elsewhere. No default.
    /// </summary>
    public Uri? BlobServiceUri { get; set; }

    /// <summary>The container: 3 to 63 lower-case letters, digits and single hyphens. Default <c>holdfast</c>.</summary>
    [Required]
    [RegularExpression("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$")]
    public string Container { get; set; } = "holdfast";

    /// <summary>How often the SDK sends a request again after a fault, 0 to 10. Default 3.</summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>The pause before the first retry, 1 ms to 10 s; doubles from there. Default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause before a retry, 1 ms to 60 s. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long one try may wait for an answer, or a read for its next bytes, 50 ms to 100 s. Default 10 s: far below a lease's 60 s,
    /// far above a slow append.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:40")]
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections kept to the service at most, 1 to 1,000. Default 64.</summary>
    [Range(1, 1000)]
    public int MaxConnections { get; set; } = 64;

    /// <summary>Rows asked for at once by a listing, 1 to 5,000 (the service's own bound). Default 1,000.</summary>
    [Range(1, 5000)]
    public int ListPageSize { get; set; } = 1000;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(ConnectionString) == (BlobServiceUri is null))
        {
            yield return new ValidationResult(
                $"Set exactly one of {nameof(ConnectionString)} and {nameof(BlobServiceUri)}.",
                [nameof(ConnectionString), nameof(BlobServiceUri)]);
        }

        if (ConnectionString is { } text
            && text.Split(';', StringSplitOptions.RemoveEmptyEntries).Any(part => part.IndexOf('=', StringComparison.Ordinal) < 1))
        {
            yield return new ValidationResult("A connection string reads Name=value;Name=value.", [nameof(ConnectionString)]);
        }

        if (BlobServiceUri is { } uri && (!uri.IsAbsoluteUri || uri.Scheme != Uri.UriSchemeHttps))
        {
            yield return new ValidationResult("A token travels only over https.", [nameof(BlobServiceUri)]);
        }

        if (MaxRetryDelay < RetryDelay)
        {
            yield return new ValidationResult(
                $"{nameof(MaxRetryDelay)} is below {nameof(RetryDelay)}.", [nameof(MaxRetryDelay), nameof(RetryDelay)]);
        }
    }
}

/// <summary>Checks <see cref="StorageOptions"/>: ranges by their attributes, then the options against each other.</summary>
[OptionsValidator]
public sealed partial class StorageOptionsValidator : IValidateOptions<StorageOptions>;
