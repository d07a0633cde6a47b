namespace Holdfast.Sessions;

/// <summary>One incarnation of a session: a reset mints a new one. A GUID without dashes, lower case.</summary>
public sealed record SessionId
{
    private SessionId(string value) => Value = value;

    public string Value { get; }

    /// <exception cref="FormatException">The text is no GUID.</exception>
    public static SessionId Parse(string value) => new(Guid.Parse(value).ToString("N"));

    public override string ToString() => Value;
}
