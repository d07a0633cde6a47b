using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Holdfast.Inbox;
using Holdfast.Sessions;

namespace Holdfast.Delivery;

/// <summary>Where a delivery stands. Numbers are pinned.</summary>
public enum OutboxState
{
    /// <summary>The intent stands; the platform may or may not have been called.</summary>
    Sending = 1,

    /// <summary>The platform gave its receipt for every part.</summary>
    Delivered = 2,

    /// <summary>The platform refused for good.</summary>
    Refused = 3,
}

/// <summary>A turn's one delivery, reply or notice: what <c>outbox/{turnId}.json</c> holds.</summary>
/// <param name="RunId">The run that began it.</param>
/// <param name="Ending">How the turn ends with it.</param>
public sealed record OutboxRecord(RunId RunId, SessionKey SessionKey, TurnEnding Ending, ReplyTarget Target, string Text)
{
    public TurnId TurnId => RunId.Turn;

    public OutboxState State { get; init; } = OutboxState.Sending;

    /// <summary>How often a sender began; 1 for the first, 0 for an intent that nobody sends yet.</summary>
    public int Attempts { get; init; }

    /// <summary>The platform's ids of the parts that are known to be posted, in order.</summary>
    public ImmutableArray<string> Posted { get; init; } = [];

    /// <summary>The platform's word for a refusal.</summary>
    public string? Refusal { get; init; }

    /// <summary>Marks the newest sender, so that it knows its own record after a lost answer; null before the first.</summary>
    public string? Sender { get; init; }

    /// <summary>
    /// When the newest sender began, or last made sure that it still is the sender; null before the first, and when the newest one stopped
    /// with nothing on its way.
    /// </summary>
    public DateTimeOffset? BegunAt { get; init; }

    /// <summary>
    /// Nobody sends before this: the platform wants a pause, or an earlier sender's post may be on its way. Null otherwise.
    /// </summary>
    public DateTimeOffset? RetryAt { get; init; }
}

// Nulls are written: a parameter that is left out would be missing to the reader.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(OutboxRecord))]
[JsonSerializable(typeof(Receipt))]
internal sealed partial class OutboxJson : JsonSerializerContext;
