using System.Collections.Immutable;
using Holdfast.Sessions;

namespace Holdfast.Models.Prompts;

/// <summary>What a prompt is built with, beside the conversation.</summary>
/// <param name="System">Standing instructions; blank counts as none.</param>
/// <param name="Tools">What is offered. With none, earlier calls are left out and their results read as text.</param>
/// <param name="ContextTokens">What prompt and answer have room in together.</param>
/// <param name="MaxOutputTokens">Room kept for the answer.</param>
/// <param name="CurrentRun">
/// The run that asks: its own turn is kept whole and its reasoning is handed back, and of other turns only those that were answered are
/// shown. Null when none does: then nothing tells an open turn from a failed one, and both are shown.
/// </param>
public sealed record PromptSettings(
    string? System, ImmutableArray<ToolDefinition> Tools, int ContextTokens, int MaxOutputTokens, RunId? CurrentRun);
