using System.Text.Json.Serialization;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Inbox;

/// <summary>
/// The id under which a sender knows a message: Slack's event (channel and ts), GitHub's X-GitHub-Delivery, a cron occurrence, an HTTP
/// Idempotency-Key. The same id is the same message, however often it comes.
/// </summary>
[JsonConverter(typeof(IdJsonConverter<DeliveryId>))]
public sealed record DeliveryId : IId<DeliveryId>
{
    private DeliveryId(string value)
    {
        Value = value;
        Hash = StableHash.Of("delivery", value);
    }

    /// <summary>1 to 256 printable characters; its parts name the source first, for example <c>github:issues:72d3162e-…</c>.</summary>
    public string Value { get; }

    /// <summary>32 hex digits: the delivery's name in blob paths.</summary>
    public string Hash { get; }

    /// <summary>The turn of this message.</summary>
    public TurnId Turn => TurnId.Parse(Hash);

    /// <exception cref="FormatException">The text is empty, longer than 256 characters or has control characters.</exception>
    public static DeliveryId Parse(string value) =>
        value is { Length: >= 1 and <= 256 } && !value.Any(char.IsControl)
            ? new DeliveryId(value)
            : throw new FormatException("A delivery id has 1 to 256 printable characters.");

    public override string ToString() => Value;
}
