using System.Text.Json;
using Holdfast.Transcripts;

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
            return root.Text("type") == "session"
                ? new SegmentHeader(root.Number("version"), root.Text("id"), root.Number("segment"), LinkOf(root))
                : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null; // No JSON, or a text that is no Unicode.
        }
    }

    private static SegmentLink? LinkOf(JsonElement root) =>
        root.Inner("continues") is { } link ? new SegmentLink(link.Number("segment"), link.Text("lastId")) : null;
}

/// <summary>The <c>continues</c> of a header: the segment before it, and that one's last entry.</summary>
internal sealed record SegmentLink(int? Segment, string? LastId);
