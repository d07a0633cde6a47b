using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Holdfast.Models;

/// <summary>
/// A model as configured: how it is reached, what it bears and how long its silence is believed. Limits are per model: what is a stall for
/// one is thinking for another, and one limit for all called a living model dead. Every event counts as progress; no limit measures a
/// stream that moves.
/// </summary>
public sealed record ModelProfile : IValidatableObject
{
    /// <summary>The name in configuration, transcripts and logs: the key under <c>models</c>.</summary>
    [JsonIgnore]
    public string Id { get; set; } = "";

    /// <summary>Who serves it.</summary>
    public ModelProvider Provider { get; set; } = ModelProvider.Bedrock;

    /// <summary>Bedrock model id, inference profile id or ARN.</summary>
    [JsonPropertyName("modelId")]
    public required string BedrockModelId { get; set; }

    /// <summary>AWS region, for example <c>eu-central-1</c>. Default: that of the process's AWS settings.</summary>
    public string? Region { get; set; }

    /// <summary>It may think before it speaks: it sends reasoning, and takes its own back. Default: false.</summary>
    [JsonPropertyName("reasoning")]
    public bool Reasons { get; set; }

    /// <summary>
    /// Silence allowed from the request to the first event; the queue and silent reasoning of a model count here. 1 ms to 1 h (what AWS
    /// suggests as the longest read timeout) and less than the deadline of each agent that uses it; default from <c>modelDefaults</c>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan FirstEventTimeout { get; set; }

    /// <summary>Silence allowed from one event to the next, of whatever kind. 1 ms to 1 h; default from <c>modelDefaults</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan BetweenEventsTimeout { get; set; }

    /// <summary>Longest answer in tokens, reasoning included. 1 to 1,000,000, default 8,192.</summary>
    [Range(1, 1_000_000)]
    public int MaxOutputTokens { get; set; } = 8_192;

    /// <summary>
    /// Prompt and answer together, in tokens; more than <see cref="MaxOutputTokens"/>. 1,000 to 10,000,000, default 200,000.
    /// </summary>
    [Range(1_000, 10_000_000)]
    public int ContextTokens { get; set; } = 200_000;

    /// <summary>
    /// Attempts at one call before the next model is asked. 1 to 10, default 3. A spent quota goes to the next model at once.
    /// </summary>
    [Range(1, 10)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Pauses between attempts.</summary>
    public FallbackSettings Retry { get; set; } = new();

    /// <summary>0 to 2; null leaves it to the model. Said by the agent that asks. Not sent while reasoning is asked for.</summary>
    [JsonIgnore]
    public double? Temperature { get; set; }

    /// <summary>
    /// Tokens for reasoning, 1,024 up to below <see cref="MaxOutputTokens"/>; null asks for none. Said by the agent that asks. Only
    /// Anthropic models know the field.
    /// </summary>
    [JsonIgnore]
    public int? ReasoningBudgetTokens { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxOutputTokens >= ContextTokens)
        {
            yield return new ValidationResult($"must be less than contextTokens, {ContextTokens}", [nameof(MaxOutputTokens)]);
        }
    }
}

/// <summary>One request to one model.</summary>
public sealed record ModelCall(ModelProfile Model, ModelPrompt Prompt);

/// <summary>Who serves a model.</summary>
public enum ModelProvider
{
    /// <summary>Amazon Bedrock, ConverseStream.</summary>
    Bedrock = 1,
}
