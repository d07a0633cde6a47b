using Holdfast.Transcripts;

namespace Holdfast.Tests.Turns;

/// <summary>Entries by whomever a test wants.</summary>
internal static class Lines
{
    private static int _ids;

    public static Provenance By(string run, EntrySource source = EntrySource.Turn, int attempt = 1, long epoch = 1) =>
        new(run, attempt, epoch, 1, source);

    public static TranscriptEntry.UserMessage User(Provenance? provenance, string text = "hi", string? id = null) =>
        new([new ContentBlock.Text(text)]) { Id = Id(id), WrittenAt = At, Provenance = provenance };

    public static TranscriptEntry.AssistantMessage Assistant(
        Provenance? provenance, string text = "hello", string stop = "stop", string? id = null) =>
        new(text.Length == 0 ? [] : [new ContentBlock.Text(text)])
        {
            Id = Id(id),
            WrittenAt = At,
            Provenance = provenance,
            Provider = "amazon-bedrock",
            Model = "anthropic.first",
            StopReason = stop,
            ErrorMessage = stop == "error" ? "failed" : null,
        };

    public static TranscriptEntry.ToolResult Result(Provenance? provenance, string? id = null) =>
        new("call-1", "exec", [new ContentBlock.Text("done")], false) { Id = Id(id), WrittenAt = At, Provenance = provenance };

    public static TranscriptEntry.StreamedText Part(Provenance? provenance, string? id = null) =>
        new(0, "part") { Id = Id(id), WrittenAt = At, Provenance = provenance };

    public static TranscriptEntry.Custom Custom(Provenance? provenance, string? id = null) =>
        new("note", "{\"a\":1}") { Id = Id(id), WrittenAt = At, Provenance = provenance };

    public static TranscriptEntry.CustomMessage CustomMessage(Provenance? provenance) =>
        new("note", [new ContentBlock.Text("read this")]) { Id = Id(null), WrittenAt = At, Provenance = provenance };

    public static TranscriptEntry.Compaction Compaction(Provenance? provenance) =>
        new("summary", null) { Id = Id(null), WrittenAt = At, Provenance = provenance };

    public static TranscriptEntry.ModelChange ModelChange(Provenance? provenance) =>
        new("amazon-bedrock", "m2") { Id = Id(null), WrittenAt = At, Provenance = provenance };

    public static TranscriptEntry.ThinkingLevelChange ThinkingLevel(Provenance? provenance) =>
        new("high") { Id = Id(null), WrittenAt = At, Provenance = provenance };

    public static TranscriptEntry.Verdict Verdict(Provenance? provenance) =>
        new("benign", "why") { Id = Id(null), WrittenAt = At, Provenance = provenance };

    public static TranscriptEntry.Other Other(string type, Provenance? provenance) =>
        new(type) { Id = Id(null), WrittenAt = At, Provenance = provenance };

    private static DateTimeOffset At => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static EntryId Id(string? id) => EntryId.Parse(id ?? $"e{Interlocked.Increment(ref _ids)}");
}
