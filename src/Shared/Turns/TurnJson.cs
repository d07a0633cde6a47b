using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Transcripts;

namespace Holdfast.Turns;

/// <summary>What the <c>holdfast/delivery</c> entry of a transcript says.</summary>
internal sealed record DeliveryNote(string TurnId, string Channel, string State, ImmutableArray<string> PlatformIds);

/// <summary>What the entry of a detached answer says: the text that was written beside the main line, and why.</summary>
internal sealed record DetachedNote(string RunId, string Reason, string Explanation, string Text);

/// <summary>
/// What the <c>holdfast/lease-break</c> entry of a transcript says: who broke the lease, and under whose claim it was held.
/// </summary>
internal sealed record LeaseBreakNote(string By, string? RunId, int Attempt, long Epoch);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeliveryNote))]
[JsonSerializable(typeof(DetachedNote))]
[JsonSerializable(typeof(LeaseBreakNote))]
internal sealed partial class TurnJson : JsonSerializerContext
{
    public static string Text<T>(T note) => JsonSerializer.Serialize(note, typeof(T), Default);

    /// <summary>An entry on its way into the transcript by the inbox.</summary>
    public static ReadOnlyMemory<byte> LineOf(TranscriptEntry entry)
    {
        var line = new ArrayBufferWriter<byte>();
        TranscriptLineWriter.Write(line, entry);
        return line.WrittenMemory;
    }
}
