using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Holdfast.Transcripts;

namespace Holdfast.Models;

/// <summary>Events → an answer. Not thread-safe.</summary>
internal sealed class AnswerAssembly
{
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
                blocks.Add(new Block(BlockKind.ToolUse) { Index = started.Index, Id = started.Id, Name = started.Name });
                break;
            case ModelEvent.ToolUseDelta delta:
                FindCall(delta.Index)?.Content.Append(delta.Json);
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

    /// <summary>All text so far.</summary>
    public string TextSoFar()
    {
        var text = new StringBuilder();
        foreach (var block in blocks)
        {
            if (block.Kind == BlockKind.Text)
            {
                text.Append(block.Content);
            }
        }

        return text.ToString();
    }

    /// <summary>The verdict on a stream that has ended, however it did.</summary>
    public ModelOutcome Conclude()
    {
        if (stopReason is null)
        {
            return Failed(ModelFailureKind.Incomplete, "The stream ended without the message's stop.");
        }

        var reading = StopReasons.Read(stopReason);
        if (reading.Failure is { } kind)
        {
            return Failed(kind, $"The model stopped with {stopReason}.");
        }

        var content = ImmutableArray.CreateBuilder<ContentBlock>(blocks.Count);
        var calls = 0;
        foreach (var block in blocks)
        {
            if (block.Kind == BlockKind.ToolUse && !block.HasWholeInput(reading.WasCut))
            {
                return Failed(ModelFailureKind.Incomplete, $"The input of a call of {block.Name} is not whole.");
            }

            calls += block.Kind == BlockKind.ToolUse ? 1 : 0;
            if (block.ToContent() is { } part)
            {
                content.Add(part);
            }
        }

        return calls == 0 && !content.Any(static block => block is ContentBlock.Text)
            ? Failed(ModelFailureKind.Empty, $"The answer holds {(content.Count == 0 ? "nothing" : "nothing but reasoning")}.")
            : new ModelOutcome.Completed(
                content.ToImmutable(), calls > 0 ? StopReasons.ToolUse : reading.Word, usage ?? TokenCount.None);
    }

    /// <summary>A failure that came from outside, with what had been streamed.</summary>
    public ModelOutcome.Failed Fail(ModelFailure failure) => new(failure, TextSoFar());

    private ModelOutcome.Failed Failed(ModelFailureKind kind, string message) => Fail(ModelFailure.Of(kind, message));

    private Block OpenBlock(BlockKind kind)
    {
        if (open is null || open.Kind != kind)
        {
            open = new Block(kind);
            blocks.Add(open);
        }

        return open;
    }

    private Block? FindCall(int index)
    {
        for (var at = blocks.Count - 1; at >= 0; at--)
        {
            if (blocks[at] is { Kind: BlockKind.ToolUse } block && block.Index == index)
            {
                return block;
            }
        }

        return null;
    }

    private enum BlockKind
    {
        Text,
        Reasoning,
        ToolUse,
    }

    private sealed class Block(BlockKind kind)
    {
        private JsonElement input;

        public BlockKind Kind { get; } = kind;

        public StringBuilder Content { get; } = new();

        public string? Signature { get; set; }

        public int Index { get; init; }

        public string Id { get; init; } = "";

        public string Name { get; init; } = "";

        /// <summary>
        /// Reads the input. A call without any is one without arguments, unless the answer was cut: then they may be missing.
        /// </summary>
        public bool HasWholeInput(bool wasCut)
        {
            if (Content.Length == 0)
            {
                input = NoArguments;
                return !wasCut && Id.Length > 0 && Name.Length > 0;
            }

            try
            {
                input = JsonElement.Parse(Content.ToString());
                return input.ValueKind == JsonValueKind.Object && Id.Length > 0 && Name.Length > 0;
            }
            catch (JsonException)
            {
                return false;
            }
        }

        /// <returns>Null for a blank block.</returns>
        public ContentBlock? ToContent() => Kind switch
        {
            BlockKind.ToolUse => new ContentBlock.ToolCall(Id, Name, input),
            BlockKind.Reasoning => Content.Length == 0 && string.IsNullOrEmpty(Signature)
                ? null
                : new ContentBlock.Thinking(Content.ToString(), string.IsNullOrEmpty(Signature) ? null : Signature),
            _ => Content.ToString() is var text && string.IsNullOrWhiteSpace(text) ? null : new ContentBlock.Text(text),
        };
    }

    private static readonly JsonElement NoArguments = JsonElement.Parse("{}"u8);
}
