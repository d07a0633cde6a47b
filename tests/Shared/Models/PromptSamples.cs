using System.Text.Json;
using Holdfast.Models;
using Holdfast.Models.Prompts;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Models;

/// <summary>Entries and settings in few words.</summary>
internal static class PromptSamples
{
    public const string Run = "0123456789abcdef0123456789abcdef.1";

    private static int lastId;

    public static PromptSettings Settings { get; } = new(
        "Be brief.", [new ToolDefinition("exec", "Runs a program.", JsonElement.Parse("""{"type":"object"}"""))], 100_000, 4_000,
        RunId.Parse(Run));

    public static TranscriptEntry.UserMessage User(string text, string? run = null, EntrySource source = EntrySource.Turn) =>
        With(new TranscriptEntry.UserMessage([new ContentBlock.Text(text)]) { Id = NewId(), WrittenAt = default }, run, source);

    public static TranscriptEntry.AssistantMessage Assistant(string text, string? run = null) =>
        Assistant(run, "stop", new ContentBlock.Text(text));

    public static TranscriptEntry.AssistantMessage Assistant(string? run, string stopReason, params ContentBlock[] content) =>
        With(
            new TranscriptEntry.AssistantMessage([.. content])
            {
                Id = NewId(),
                WrittenAt = default,
                Provider = "bedrock",
                Model = "m",
                StopReason = stopReason,
            },
            run);

    public static TranscriptEntry.AssistantMessage Calls(string? run, params string[] ids) =>
        Assistant(run, "toolUse", [.. ids.Select(id => Call(id))]);

    public static ContentBlock.ToolCall Call(string id, string json = """{"cmd":["ls"]}""", string name = "exec") =>
        new(id, name, JsonElement.Parse(json));

    public static TranscriptEntry.ToolResult Result(string callId, string text, string? run = null, bool isError = false) =>
        With(
            new TranscriptEntry.ToolResult(callId, "exec", [new ContentBlock.Text(text)], isError) { Id = NewId(), WrittenAt = default },
            run);

    public static TranscriptEntry.CustomMessage Custom(string text) =>
        new("note", [new ContentBlock.Text(text)]) { Id = NewId(), WrittenAt = default };

    public static TranscriptEntry.Compaction Compaction(string summary, EntryId? firstKept = null) =>
        new(summary, firstKept) { Id = NewId(), WrittenAt = default };

    public static TranscriptEntry.StreamedText Partial(string text) => new(1, text) { Id = NewId(), WrittenAt = default };

    public static Conversation Conversation(params TranscriptEntry[] entries) => Holdfast.Transcripts.Conversation.Empty.Apply(entries);

    public static ModelPrompt Build(params TranscriptEntry[] entries) => Build(Settings, entries);

    public static ModelPrompt Build(PromptSettings settings, params TranscriptEntry[] entries)
    {
        var prompt = PromptBuilder.Build(Conversation(entries), settings);
        AcceptableToModelApi.Check(prompt);
        return prompt;
    }

    /// <summary>A prompt as one line a message, to compare with.</summary>
    public static string[] Lines(this ModelPrompt prompt) => [.. prompt.Messages.Select(message =>
        $"{(message.Role == PromptRole.User ? "user" : "assistant")}: {string.Join(" | ", message.Blocks.Select(Line))}")];

    public static EntryId NewId() => EntryId.Parse($"e{Interlocked.Increment(ref lastId)}");

    public static T With<T>(T entry, string? run, EntrySource source = EntrySource.Turn)
        where T : TranscriptEntry => entry with { Provenance = run is null ? null : new Provenance(run, 1, 1, 1, source) };

    private static string Line(PromptBlock block) => block switch
    {
        PromptBlock.Text text => text.Value,
        PromptBlock.Reasoning reasoning => $"({reasoning.Value})",
        PromptBlock.ToolUse call => $"call {call.Id}",
        PromptBlock.ToolResult result => $"result {Describe(result)}",
        _ => "?",
    };

    private static string Describe(PromptBlock.ToolResult result) => $"{result.CallId}{(result.IsError ? "!" : "")} {result.Value}";
}
