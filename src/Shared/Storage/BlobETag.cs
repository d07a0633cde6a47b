namespace Holdfast.Storage;

/// <summary>A blob's version as the service names it; compared as text, never taken apart.</summary>
public sealed record BlobETag
{
    private BlobETag(string value) => Value = value;

    public string Value { get; }

    public static BlobETag Parse(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        return new BlobETag(value);
    }

    public override string ToString() => Value;
}
