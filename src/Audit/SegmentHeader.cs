using System.Text.Json;

namespace Holdfast.Audit;

/// <summary>A segment's first line, as far as it says anything.</summary>
/// <param name="Segment">Null in files of other programs.</param>
internal sealed record SegmentHeader(int? Version, string? Session, int? Segment, SegmentLink? Continues)
{
    /// <returns>Null when the line is no header.</returns>
    public static SegmentHeader? Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            return root.ValueKind == JsonValueKind.Object && Text(root, "type") == "session"
                ? new SegmentHeader(Number(root, "version"), Text(root, "id"), Number(root, "segment"), LinkOf(root))
                : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null; // No JSON, or a text that is no Unicode.
        }
    }

    private static SegmentLink? LinkOf(JsonElement root) =>
        root.TryGetProperty("continues", out var link) && link.ValueKind == JsonValueKind.Object
            ? new SegmentLink(Number(link, "segment"), Text(link, "lastId"))
            : null;

    internal static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    internal static int? Number(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}

/// <summary>The <c>continues</c> of a header: the segment before it, and that one's last entry.</summary>
internal sealed record SegmentLink(int? Segment, string? LastId);
