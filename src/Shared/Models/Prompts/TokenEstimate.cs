using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Holdfast.Transcripts;

namespace Holdfast.Models.Prompts;

/// <summary>Tokens without a tokenizer: four characters each, and something for every block's frame.</summary>
internal static class TokenEstimate
{
    private const int CharactersPerToken = 4;
    private const int TokensPerBlock = 4;

    public static long Of(string? system, ImmutableArray<ToolDefinition> tools)
    {
        var total = system is null ? 0 : Of(system);
        foreach (var tool in tools)
        {
            total += OfLength(tool.Name.Length + tool.Description.Length + LengthOf(tool.InputSchema));
        }

        return total;
    }

    public static long Of(string text) => OfLength(text.Length);

    public static long Of(TranscriptEntry entry) => entry switch
    {
        TranscriptEntry.UserMessage message => Of(message.Content),
        TranscriptEntry.CustomMessage message => Of(message.Content),
        TranscriptEntry.AssistantMessage message => Of(message.Content),
        TranscriptEntry.ToolResult result => Of(result.Content) + TokensPerBlock,
        _ => 0,
    };

    private static long Of(ImmutableArray<ContentBlock> content)
    {
        var total = (long)TokensPerBlock;
        foreach (var block in content)
        {
            total += block switch
            {
                ContentBlock.Text text => OfLength(text.Value.Length),
                ContentBlock.Thinking thinking => OfLength(thinking.Value.Length + (thinking.Signature?.Length ?? 0)),
                ContentBlock.ToolCall call => OfLength(call.Name.Length + call.Id.Length + LengthOf(call.Arguments)),
                _ => 0,
            };
        }

        return total;
    }

    private static int LengthOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(json).Length;

    private static long OfLength(long characters) => TokensPerBlock + ((characters + CharactersPerToken - 1) / CharactersPerToken);
}
