using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Holdfast.Storage;

namespace Holdfast.Sessions;

/// <summary>
/// One accepted message and its one terminal outcome. Derived from the delivery, so that a repeated delivery is the same turn.
/// </summary>
[JsonConverter(typeof(IdJsonConverter<TurnId>))]
public sealed partial record TurnId : IId<TurnId>
{
    private TurnId(string value) => Value = value;

    /// <summary>32 hex digits.</summary>
    public string Value { get; }

    /// <exception cref="FormatException">The text is no turn id.</exception>
    public static TurnId Parse(string value) => TryParse(value) ?? throw new FormatException("A turn id has 32 hex digits.");

    /// <returns>Null when the text is no turn id.</returns>
    public static TurnId? TryParse(string value) => Shape().IsMatch(value) ? new TurnId(value) : null;

    public override string ToString() => Value;

    [GeneratedRegex(@"\A[0-9a-f]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
