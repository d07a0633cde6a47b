using System.Buffers;
using System.Text.Json;

namespace Holdfast.Embedded.Durable.History;

/// <summary>History events to JSON lines and back.</summary>
internal static class HistoryLines
{
    /// <summary>One block: each event on its own line.</summary>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<HistoryEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>(events.Count * 160);
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        foreach (var one in events)
        {
            JsonSerializer.Serialize(writer, one, HistoryJson.Default.HistoryEvent);
            writer.Flush();
            buffer.GetSpan(1)[0] = (byte)'\n';
            buffer.Advance(1);
            writer.Reset();
        }

        return buffer.WrittenMemory;
    }

    /// <exception cref="JsonException">A line is no history event.</exception>
    public static List<HistoryEvent> Read(ReadOnlySpan<byte> lines)
    {
        var events = new List<HistoryEvent>();
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? [] : lines[(end + 1)..];
            if (!line.IsEmpty)
            {
                events.Add(JsonSerializer.Deserialize(line, HistoryJson.Default.HistoryEvent)!);
            }
        }

        return events;
    }

    public static string WriteStart(HistoryEvent.ExecutionStarted started) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(started, HistoryJson.Default.ExecutionStarted));

    public static HistoryEvent.ExecutionStarted ReadStart(string text) =>
        JsonSerializer.Deserialize(Convert.FromBase64String(text), HistoryJson.Default.ExecutionStarted)!;
}
