namespace Holdfast.Models;

/// <summary>A model as configured: how it is reached, what it bears and how long its silence is believed.</summary>
/// <param name="Id">The name in configuration, transcripts and logs.</param>
/// <param name="BedrockModelId">Model id, inference profile id or ARN.</param>
/// <param name="Region">AWS region; null takes that of the environment.</param>
/// <param name="FirstEventTimeout">From the request to the first event; the queue and silent reasoning of a model count here.</param>
/// <param name="BetweenEventsTimeout">From one event to the next, of whatever kind. There is no limit on a stream's whole length.</param>
/// <param name="Reasons">It sends reasoning, and takes its own back.</param>
/// <param name="MaxOutputTokens">Most it may answer with, its reasoning included.</param>
/// <param name="ContextTokens">What prompt and answer have room in together.</param>
/// <param name="Temperature">0 to 1; null leaves it to the model. Not sent while reasoning is asked for.</param>
/// <param name="ReasoningBudgetTokens">
/// Tokens for reasoning, 1,024 up to below <paramref name="MaxOutputTokens"/>; null asks for none. Only Anthropic models know the field.
/// </param>
public sealed record ModelProfile(
    string Id,
    string BedrockModelId,
    string? Region,
    TimeSpan FirstEventTimeout,
    TimeSpan BetweenEventsTimeout,
    bool Reasons,
    int MaxOutputTokens,
    int ContextTokens,
    double? Temperature,
    int? ReasoningBudgetTokens);

/// <summary>One request to one model.</summary>
public sealed record ModelCall(ModelProfile Model, ModelPrompt Prompt);
