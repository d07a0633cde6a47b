using System.Text.Json.Serialization;

namespace Holdfast.Storage;

/// <summary>The id a lease is held under: a GUID that its owner proposes, so that one run keeps one lease across machines.</summary>
[JsonConverter(typeof(IdJsonConverter<LeaseId>))]
public sealed record LeaseId : IId<LeaseId>
{
    private LeaseId(string value) => Value = value;

    /// <summary>A GUID in the form <c>8-4-4-4-12</c>, lower case.</summary>
    public string Value { get; }

    /// <exception cref="FormatException">The text is no GUID.</exception>
    public static LeaseId Parse(string value) =>
        Guid.TryParse(value, out var id) && !value.Any(char.IsWhiteSpace)
            ? new LeaseId(id.ToString("D"))
            : throw new FormatException("A lease id is a GUID.");

    public override string ToString() => Value;
}
