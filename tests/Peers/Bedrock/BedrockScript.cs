using System.Collections.Immutable;

namespace Holdfast.Peers.Bedrock;

/// <summary>A scripted answer; steps run in order, and the response ends properly after the last.</summary>
public sealed record BedrockScript(ImmutableArray<BedrockStep> Steps)
{
    public BedrockScript(params BedrockStep[] steps)
        : this(ImmutableArray.Create(steps))
    {
    }

    /// <summary>What is answered when nothing is scripted.</summary>
    public static BedrockScript Default { get; } = Saying("ok");

    /// <summary>A complete answer of these deltas.</summary>
    public static BedrockScript Saying(params string[] deltas)
        => new(new BedrockStep.Text(deltas), new BedrockStep.MessageStop(), new BedrockStep.Metadata());

    /// <summary>A complete answer that asks for one tool.</summary>
    public static BedrockScript Asking(string tool, string id, string inputJson)
        => new(new BedrockStep.ToolUse(tool, id, inputJson), new BedrockStep.MessageStop("tool_use"), new BedrockStep.Metadata());
}

/// <summary>
/// A script for requests that match; unlike a queued script it may serve many. Null matches anything.
/// </summary>
/// <param name="Model">The model that is asked.</param>
/// <param name="ToolResults">How many tool results follow the last message that a person wrote.</param>
/// <param name="Contains">A text of the last message that a person wrote.</param>
/// <param name="Script">The answer.</param>
public sealed record BedrockRule(string? Model, int? ToolResults, string? Contains, BedrockScript Script)
{
    public bool Matches(BedrockRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (Model is null || Model == request.ModelId)
            && (ToolResults is null || ToolResults == request.ToolResultsOfTurn)
            && (Contains is null || request.LastUserText.Contains(Contains, StringComparison.Ordinal));
    }
}
