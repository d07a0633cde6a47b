using System.Collections.Immutable;
using Holdfast.Inbox;

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
/// <param name="Attempts">How often a sender began; 1 for the first.</param>
/// <param name="Posted">The platform's ids of the parts that are known to be posted, in order.</param>
/// <param name="Refusal">The platform's word for a refusal.</param>
public sealed record OutboxRecord(
    string TurnId,
    string RunId,
    string SessionKey,
    TurnEnding Ending,
    ReplyTarget Target,
    string Text,
    OutboxState State,
    int Attempts,
    ImmutableArray<string> Posted,
    string? Refusal)
{
    /// <summary>Marks the newest sender, so that it knows its own record after a lost answer; null before the first.</summary>
    public string? Sender { get; init; }

    /// <summary>
    /// When the newest sender began, or last made sure that it still is the sender; null before the first, and when the newest one stopped
    /// with nothing on its way.
    /// </summary>
    public DateTimeOffset? BegunAt { get; init; }

    /// <summary>Nobody sends before this: the platform wants a pause, or an earlier sender's post may be on its way. Null otherwise.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}
