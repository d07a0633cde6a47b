namespace Holdfast.Storage;

/// <summary>The name of a blob inside the container, for example <c>inbox/3f…/2026….json</c>.</summary>
public sealed record BlobPath
{
    private BlobPath(string value) => Value = value;

    /// <summary>1 to 1,024 characters, no leading slash.</summary>
    public string Value { get; }

    /// <exception cref="ArgumentException">The text is no blob name.</exception>
    public static BlobPath Parse(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        if (value.Length > 1024 || value[0] == '/' || value.Contains('\\', StringComparison.Ordinal))
        {
            throw new ArgumentException("A blob name has 1 to 1,024 characters, no backslash and no leading slash.", nameof(value));
        }

        return new BlobPath(value);
    }

    public override string ToString() => Value;
}
