using System.Text.Json.Serialization;

namespace Holdfast.Sessions;

/// <summary>What <c>keys/{hash of session key}.json</c> says: which incarnation the key means now.</summary>
/// <param name="SessionKey">The key in full, so that a listing can be read.</param>
/// <param name="SessionId">The current incarnation.</param>
/// <param name="LifecycleRevision">Grows with each reset; starts at 1.</param>
/// <param name="ActiveSegment">The transcript segment that takes appends; starts at 0.</param>
public sealed record SessionRecord(SessionKey SessionKey, SessionId SessionId, int LifecycleRevision, int ActiveSegment)
{
    /// <summary>The incarnation that a reset ended before this one; null before the first reset.</summary>
    public SessionPlace? Ended { get; init; }
}

/// <summary>Where a session's transcript is.</summary>
/// <param name="Segment">Its last segment, or one before it.</param>
public sealed record SessionPlace(SessionId SessionId, int Segment);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SessionRecord))]
internal sealed partial class SessionJson : JsonSerializerContext;
