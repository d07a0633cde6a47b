using System.Collections.Immutable;
using System.Text.Json;

namespace Holdfast.Models;

/// <summary>
/// What to ask a model, in no provider's request. <see cref="Prompts.PromptBuilder"/> makes it, always in a form the model API accepts
/// (<see href="../../../docs/invariants.md">I9</see>): roles alternate, the first and the last message are the user's, no block is blank,
/// every tool call has exactly one result, in the message right after it.
/// </summary>
/// <param name="System">Standing instructions; null when there are none.</param>
/// <param name="Messages">The conversation, oldest first.</param>
/// <param name="Tools">What the model may call; when empty, no message holds a tool call or result.</param>
public sealed record ModelPrompt(string? System, ImmutableArray<PromptMessage> Messages, ImmutableArray<ToolDefinition> Tools);

/// <summary>Who says a message.</summary>
public enum PromptRole
{
    User = 1,
    Assistant = 2,
}

/// <summary>One message; it has at least one block.</summary>
public sealed record PromptMessage(PromptRole Role, ImmutableArray<PromptBlock> Blocks);

/// <summary>A part of a message.</summary>
public abstract record PromptBlock
{
    private PromptBlock()
    {
    }

    /// <summary>Never blank.</summary>
    public sealed record Text(string Value) : PromptBlock;

    /// <summary>
    /// The model's own reasoning, handed back with the signature it came with; only before a tool call of the running turn.
    /// </summary>
    public sealed record Reasoning(string Value, string Signature) : PromptBlock;

    /// <param name="Id">1 to 64 of <c>[A-Za-z0-9_-]</c>, unique in the prompt.</param>
    /// <param name="Name">1 to 64 of <c>[A-Za-z0-9_-]</c>.</param>
    /// <param name="Input">A JSON object.</param>
    public sealed record ToolUse(string Id, string Name, JsonElement Input) : PromptBlock;

    /// <param name="CallId">The <see cref="ToolUse.Id"/> it answers.</param>
    /// <param name="Value">Never blank.</param>
    /// <param name="IsError">The tool failed, or its result is not known.</param>
    public sealed record ToolResult(string CallId, string Value, bool IsError) : PromptBlock;
}

/// <summary>What a model is told about a tool.</summary>
/// <param name="Name">The name that it calls: 1 to 64 of <c>[A-Za-z0-9_-]</c>, what the Converse API takes.</param>
/// <param name="Description">What it does and when to use it; not blank.</param>
/// <param name="InputSchema">JSON schema of the input, an object.</param>
public sealed record ToolDefinition(string Name, string Description, JsonElement InputSchema);
