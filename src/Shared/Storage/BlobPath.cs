using System.Text.Json.Serialization;

namespace Holdfast.Storage;

/// <summary>The name of a blob inside the container, for example <c>inbox/3f…/2026….json</c>.</summary>
[JsonConverter(typeof(IdJsonConverter<BlobPath>))]
public sealed record BlobPath : IId<BlobPath>
{
    private BlobPath(string value) => Value = value;

    /// <summary>1 to 1,024 characters, no leading slash.</summary>
    public string Value { get; }

    /// <exception cref="FormatException">The text is no blob name.</exception>
    public static BlobPath Parse(string value) =>
        string.IsNullOrWhiteSpace(value) || value.Length > 1024 || value[0] == '/' || value.Contains('\\', StringComparison.Ordinal)
            ? throw new FormatException("A blob name has 1 to 1,024 characters, no backslash and no leading slash.")
            : new BlobPath(value);

    public override string ToString() => Value;
}
