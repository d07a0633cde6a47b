using System.Globalization;
using System.Text.Json.Serialization;
using Holdfast.Storage;

namespace Holdfast.Sessions;

/// <summary>One incarnation of a session: a reset mints a new one. A GUID without dashes, lower case.</summary>
[JsonConverter(typeof(IdJsonConverter<SessionId>))]
public sealed record SessionId : IId<SessionId>
{
    private SessionId(string value) => Value = value;

    public string Value { get; }

    /// <exception cref="FormatException">The text is no GUID.</exception>
    public static SessionId Parse(string value) => TryParse(value) ?? throw new FormatException("A session id is a GUID.");

    /// <returns>Null when the text is no GUID; blanks around one, which the platform's parser lets pass, make it none.</returns>
    public static SessionId? TryParse(string? value) =>
        value is not null && Guid.TryParse(value, out var id) && !value.Any(char.IsWhiteSpace) ? new SessionId(id.ToString("N")) : null;

    /// <summary>The incarnation that follows this one by a reset: the same for everybody who completes it.</summary>
    /// <param name="revision">The lifecycle revision that it begins.</param>
    public SessionId After(int revision) =>
        new(Guid.Parse(StableHash.Of("session", Value, revision.ToString(CultureInfo.InvariantCulture))).ToString("N"));

    public override string ToString() => Value;
}
