using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Holdfast.Models;

/// <summary>How long a model is tried, and the pauses between: each twice the one before, up to the longest.</summary>
public sealed record FallbackSettings : IValidatableObject
{
    public static FallbackSettings Default { get; } = new();

    /// <summary>At least 1. The <c>maxAttempts</c> of the model.</summary>
    [JsonIgnore]
    public int MaxAttemptsPerModel { get; set; } = 3;

    /// <summary>Wait before a model's second try; doubles with each further one. 1 ms to 10 min, default 1 s.</summary>
    [JsonPropertyName("firstDelay")]
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such wait; not less than <see cref="FirstBackoff"/>. 1 ms to 10 min, default 30 s.</summary>
    [JsonPropertyName("maxDelay")]
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A provider that wishes for a longer pause than this has no room for this turn: the next model is asked. 60 s.</summary>
    [JsonIgnore]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(60);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FirstBackoff > MaxBackoff)
        {
            yield return new ValidationResult("must not be longer than maxDelay", [nameof(FirstBackoff)]);
        }
    }
}

/// <summary>
/// A model call of a step that failed: which model, why, and the pause that its provider wants. Carried by orchestrations.
/// </summary>
public sealed record FailedCall(string ModelId, ModelFailureKind Kind, TimeSpan? RetryAfter);

/// <summary>The model to ask next, after a wait.</summary>
public sealed record NextCall(ModelProfile Model, TimeSpan Delay);

/// <summary>
/// Decides which model is asked next: the agent's model first, then its fallbacks in order. A pure function of the history (and of the
/// jitter): asked twice it says the same. Only model failures belong into the history: a takeover or a lost lease blames no model.
/// </summary>
public static class FallbackPolicy
{
    /// <param name="models">The agent's model and its fallbacks, first choice first.</param>
    /// <param name="history">The step's failures, oldest first. Those of models that are not among these (any more) count as no
    /// tries.</param>
    /// <param name="random">0 up to below 1.</param>
    /// <returns>Null when no model is left, or none would help: end the turn with a notice.</returns>
    public static NextCall? Next(
        ImmutableArray<ModelProfile> models, FallbackSettings settings, IReadOnlyList<FailedCall> history, Func<double> random)
    {
        if (history is [.., var last] && ModelFailure.RemedyFor(last.Kind) == ModelRemedy.Fail)
        {
            return null;
        }

        foreach (var model in models)
        {
            var tries = history.Where(failed => failed.ModelId == model.Id).ToList();
            if (tries.Count < settings.MaxAttemptsPerModel && !tries.Exists(failed => MovesOn(failed, settings)))
            {
                return new NextCall(model, tries.Count == 0 ? TimeSpan.Zero : DelayAfter(tries.Count, history[^1], settings, random));
            }
        }

        return null;
    }

    private static bool MovesOn(FailedCall failed, FallbackSettings settings) =>
        ModelFailure.RemedyFor(failed.Kind) == ModelRemedy.FallBack || failed.RetryAfter > settings.MaxRetryAfter;

    /// <summary>Half of the wait is fixed and half is chance, so that many sessions do not come back at once.</summary>
    private static TimeSpan DelayAfter(int tries, FailedCall last, FallbackSettings settings, Func<double> random)
    {
        var full = settings.FirstBackoff * Math.Pow(2, Math.Min(tries - 1, 30));
        full = full < settings.MaxBackoff ? full : settings.MaxBackoff;
        var delay = (full / 2) + (full / 2 * random());
        return last.RetryAfter > delay ? last.RetryAfter.Value : delay;
    }
}
