namespace Holdfast.Configuration.Agents;

/// <summary>
/// A model and the patience it is due. Limits are per model: what is a stall for one is thinking for another, and one limit for all
/// called a living model dead. Reasoning and every other event count as progress; no limit measures a stream that moves.
/// </summary>
public sealed record ModelConfiguration
{
    /// <summary>The key of this model.</summary>
    public required string Id { get; init; }

    /// <summary>Who serves it.</summary>
    public required ModelProvider Provider { get; init; }

    /// <summary>The provider's name for it: a Bedrock model id, inference profile or ARN.</summary>
    public required string ModelId { get; init; }

    /// <summary>AWS region, for example <c>eu-central-1</c>. Default: that of the process's AWS settings.</summary>
    public string? Region { get; init; }

    /// <summary>It may think before it speaks. Default: false.</summary>
    public bool Reasoning { get; init; }

    /// <summary>
    /// Silence allowed before the first event. 1 ms to 1 h and less than the deadline of each agent that uses it; default from
    /// <see cref="ModelDefaults"/>.
    /// </summary>
    public required TimeSpan FirstEventTimeout { get; init; }

    /// <summary>Silence allowed between two events. 1 ms to 1 h; default from <see cref="ModelDefaults"/>.</summary>
    public required TimeSpan BetweenEventsTimeout { get; init; }

    /// <summary>Longest answer, in tokens. 1 to 1,000,000, default 8,192.</summary>
    public int MaxOutputTokens { get; init; } = 8_192;

    /// <summary>
    /// Prompt and answer together, in tokens; more than <see cref="MaxOutputTokens"/>. 1,000 to 10,000,000, default 200,000.
    /// </summary>
    public int ContextTokens { get; init; } = 200_000;

    /// <summary>
    /// Attempts at one call before the next model is asked. 1 to 10, default 3. A spent quota goes to the next model at once.
    /// </summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Pauses between attempts.</summary>
    public RetryConfiguration Retry { get; init; } = new();
}
