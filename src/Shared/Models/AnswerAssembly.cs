using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Holdfast.Transcripts;

namespace Holdfast.Models;

/// <summary>Events → an answer. Not thread-safe.</summary>
internal sealed class AnswerAssembly
{
    private static readonly JsonElement NoArguments = JsonElement.Parse("{}"u8);
    private readonly List<Block> blocks = [];
    private Block? open;
    private string? stopReason;
    private TokenCount? usage;

    /// <summary>The provider said that the message is whole.</summary>
    public bool IsStopped => stopReason is not null;

    /// <summary>Whole, and counted: nothing more is worth waiting for.</summary>
    public bool IsFinished => stopReason is not null && usage is not null;

    public void Add(ModelEvent modelEvent)
    {
        switch (modelEvent)
        {
            case ModelEvent.TextDelta delta:
                OpenBlock(BlockKind.Text).Content.Append(delta.Text);
                break;
            case ModelEvent.ReasoningDelta delta:
                var reasoning = OpenBlock(BlockKind.Reasoning);
                reasoning.Content.Append(delta.Text);
                reasoning.Signature += delta.Signature;
                break;
            case ModelEvent.ToolUseStarted started:
                open = null;
                blocks.Add(new Block(BlockKind.ToolUse) { Call = started });
                break;
            case ModelEvent.ToolUseDelta delta:
                blocks.FindLast(block => block.Call?.Index == delta.Index)?.Content.Append(delta.Json);
                break;
            case ModelEvent.BlockStopped:
                open = null;
                break;
            case ModelEvent.Stopped stopped:
                stopReason = stopped.Reason;
                break;
            case ModelEvent.Usage counted:
                usage = counted.Tokens;
                break;
            default:
                break;
        }
    }

    /// <summary>The verdict on a stream that has ended, however it did.</summary>
    public ModelOutcome Conclude()
    {
        if (stopReason is null)
        {
            return Failed(ModelFailureKind.Incomplete, "The stream ended without the message's stop.");
        }

        var (wasCut, refusal) = Read(stopReason);
        if (refusal is { } kind)
        {
            return Failed(kind, $"The model stopped with {stopReason}.");
        }

        var content = ImmutableArray.CreateBuilder<ContentBlock>(blocks.Count);
        foreach (var block in blocks)
        {
            if (block.ToContent(wasCut) is { } part)
            {
                content.Add(part);
            }
            else if (block.Kind == BlockKind.ToolUse)
            {
                return Failed(ModelFailureKind.Incomplete, $"The input of a call of {block.Call!.Name} is not whole.");
            }
        }

        var calls = content.Any(static block => block is ContentBlock.ToolCall);
        return !calls && !content.Any(static block => block is ContentBlock.Text)
            ? Failed(ModelFailureKind.Empty, $"The answer holds {(content.Count == 0 ? "nothing" : "nothing but reasoning")}.")
            : new ModelOutcome.Completed(
                content.ToImmutable(), calls ? "toolUse" : wasCut ? "length" : "stop", usage ?? TokenCount.None);
    }

    /// <summary>
    /// Bedrock's stop reasons (ConverseStream, <c>messageStop.stopReason</c>): whether the answer ended at a limit of tokens, maybe in the
    /// middle of something, and what makes it none.
    /// </summary>
    private static (bool WasCut, ModelFailureKind? Refusal) Read(string reason) => reason switch
    {
        // The window was full before the answer was done: as good, and as cut, as one that met its own limit.
        "max_tokens" or "model_context_window_exceeded" => (true, null),
        "guardrail_intervened" or "content_filtered" => (true, ModelFailureKind.ContentBlocked),
        "malformed_model_output" or "malformed_tool_use" => (true, ModelFailureKind.Incomplete),

        // The usual ones, or one from the future: the message is whole, which is what matters.
        _ => (false, null),
    };

    private static ModelOutcome.Failed Failed(ModelFailureKind kind, string message) => new(new ModelFailure(kind, message));

    private Block OpenBlock(BlockKind kind)
    {
        if (open is null || open.Kind != kind)
        {
            open = new Block(kind);
            blocks.Add(open);
        }

        return open;
    }

    private enum BlockKind
    {
        Text,
        Reasoning,
        ToolUse,
    }

    private sealed class Block(BlockKind kind)
    {
        public BlockKind Kind { get; } = kind;

        public StringBuilder Content { get; } = new();

        public string? Signature { get; set; }

        /// <summary>Only for a tool's.</summary>
        public ModelEvent.ToolUseStarted? Call { get; init; }

        /// <returns>Null for a blank block, and for a call that is not whole.</returns>
        public ContentBlock? ToContent(bool wasCut)
        {
            var text = Content.ToString();
            return Kind switch
            {
                BlockKind.ToolUse => CallOf(text, wasCut),
                BlockKind.Reasoning => text.Length == 0 && string.IsNullOrEmpty(Signature)
                    ? null
                    : new ContentBlock.Thinking(text, string.IsNullOrEmpty(Signature) ? null : Signature),
                _ => string.IsNullOrWhiteSpace(text) ? null : new ContentBlock.Text(text),
            };
        }

        /// <summary>A call without input is one without arguments, unless the answer was cut: then they may be missing.</summary>
        private ContentBlock.ToolCall? CallOf(string json, bool wasCut)
        {
            if (Call is not { Id.Length: > 0, Name.Length: > 0 } || (json.Length == 0 && wasCut))
            {
                return null;
            }

            try
            {
                var input = json.Length == 0 ? NoArguments : JsonElement.Parse(json);
                return input.ValueKind == JsonValueKind.Object ? new ContentBlock.ToolCall(Call.Id, Call.Name, input) : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
