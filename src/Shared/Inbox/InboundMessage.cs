using System.Text.Json.Serialization;
using Holdfast.Sessions;

namespace Holdfast.Inbox;

/// <summary>Whom a turn serves first when model calls are scarce. Numbers are pinned.</summary>
public enum MessagePriority
{
    /// <summary>Somebody waits for the answer.</summary>
    User = 1,

    /// <summary>A hook: a machine reported something.</summary>
    Hook = 2,

    /// <summary>A schedule.</summary>
    Cron = 3,
}

/// <summary>An accepted message: what <c>deliveries/…</c> and <c>inbox/…</c> hold.</summary>
/// <param name="DeliveryId">The sender's id of it; the same id is the same message.</param>
/// <param name="SessionKey">The session it goes to.</param>
/// <param name="Text">What the model is asked. Never blank.</param>
/// <param name="Priority">Its place when model calls are scarce.</param>
/// <param name="AcceptedAt">Orders the session's messages; for Slack the event's own time.</param>
/// <param name="ReplyTo">Where the answer goes.</param>
/// <param name="ReceivedAt">
/// When an endpoint took the try that made it pending. A repeated event keeps its own time of acceptance and may be received late. Null in
/// messages of earlier versions.
/// </param>
public sealed record InboundMessage(
    DeliveryId DeliveryId,
    SessionKey SessionKey,
    string Text,
    MessagePriority Priority,
    DateTimeOffset AcceptedAt,
    ReplyTarget ReplyTo,
    DateTimeOffset? ReceivedAt = null)
{
    /// <summary>The agent that answers; written for people, and never read.</summary>
    public string AgentId => SessionKey.AgentId;
}

/// <summary>Where a turn's reply or notice is delivered.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "channel")]
[JsonDerivedType(typeof(Slack), "slack")]
[JsonDerivedType(typeof(GitHub), "github")]
[JsonDerivedType(typeof(Stored), "stored")]
public abstract record ReplyTarget
{
    private ReplyTarget()
    {
    }

    /// <summary>Into a Slack thread, or the channel itself when there is none.</summary>
    public sealed record Slack(string ChannelId, string? ThreadTs) : ReplyTarget;

    /// <summary>As a comment on an issue or pull request.</summary>
    public sealed record GitHub(string Owner, string Repository, int Number) : ReplyTarget;

    /// <summary>Nowhere else: the transcript and the outbox hold it, and the caller asks for it.</summary>
    public sealed record Stored : ReplyTarget;
}

// Nulls are written: a parameter that is left out would be missing to the reader.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(InboundMessage))]
internal sealed partial class InboxJson : JsonSerializerContext;
