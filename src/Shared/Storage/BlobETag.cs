using System.Text.Json.Serialization;

namespace Holdfast.Storage;

/// <summary>A blob's version as the service names it; compared as text, never taken apart.</summary>
[JsonConverter(typeof(IdJsonConverter<BlobETag>))]
public sealed record BlobETag : IId<BlobETag>
{
    private BlobETag(string value) => Value = value;

    public string Value { get; }

    /// <exception cref="FormatException">The text is blank.</exception>
    public static BlobETag Parse(string value) =>
        string.IsNullOrWhiteSpace(value) ? throw new FormatException("An ETag is not blank.") : new BlobETag(value);

    public override string ToString() => Value;
}
