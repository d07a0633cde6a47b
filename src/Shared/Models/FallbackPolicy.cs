using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
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

/// <summary>One failed try of this turn's step, oldest first in a history.</summary>
public sealed record FailedAttempt(string ModelId, ModelFailure Failure);

/// <summary>What to do next.</summary>
public abstract record FallbackStep
{
    private FallbackStep()
    {
    }

#pragma warning disable CA1716 // A keyword of Visual Basic, which nobody calls this from.
    /// <summary>Ask this model, after this wait.</summary>
    public sealed record Call(ModelProfile Model, TimeSpan Delay) : FallbackStep;
#pragma warning restore CA1716

    /// <summary>No model is left, or none would help: end the turn with a notice.</summary>
    public sealed record GiveUp(ModelFailure LastFailure) : FallbackStep;
}

/// <summary>
/// Decides which model is asked next: the agent's model first, then its fallbacks in order. A pure function of the history (and of the
/// jitter): asked twice it says the same. Only model failures belong into the history: a takeover or a lost lease blames no model.
/// </summary>
public sealed class FallbackPolicy
{
    private readonly ImmutableArray<ModelProfile> models;
    private readonly FallbackSettings settings;
    private readonly Func<double> random;

    /// <param name="models">The agent's model and its fallbacks, first choice first.</param>
    /// <param name="settings">How long each is tried.</param>
    /// <param name="random">0 up to below 1.</param>
    /// <exception cref="ArgumentException">No model, or no try at all.</exception>
    public FallbackPolicy(ImmutableArray<ModelProfile> models, FallbackSettings settings, Func<double> random)
    {
        if (models.IsDefaultOrEmpty)
        {
            throw new ArgumentException("An agent needs a model.", nameof(models));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(settings.MaxAttemptsPerModel, 1);
        this.models = models;
        this.settings = settings;
        this.random = random;
    }

    /// <summary>
    /// The next step after these failures. Failures of models that are not in the policy (any more) do not count as tries.
    /// </summary>
    public FallbackStep Next(IReadOnlyList<FailedAttempt> history)
    {
        if (history.Count > 0 && history[^1].Failure.Remedy == ModelRemedy.Fail)
        {
            return new FallbackStep.GiveUp(history[^1].Failure);
        }

        foreach (var model in models)
        {
            var tries = 0;
            var isSpent = false;
            foreach (var failed in history)
            {
                if (failed.ModelId == model.Id)
                {
                    tries++;
                    isSpent |= MovesOn(failed.Failure);
                }
            }

            if (!isSpent && tries < settings.MaxAttemptsPerModel)
            {
                return new FallbackStep.Call(model, tries == 0 ? TimeSpan.Zero : DelayAfter(tries, history[^1].Failure));
            }
        }

        return history.Count > 0 ? new FallbackStep.GiveUp(history[^1].Failure) : throw new UnreachableException();
    }

    private bool MovesOn(ModelFailure failure) =>
        failure.Remedy == ModelRemedy.FallBack || failure.RetryAfter > settings.MaxRetryAfter;

    /// <summary>Half of the wait is fixed and half is chance, so that many sessions do not come back at once.</summary>
    private TimeSpan DelayAfter(int tries, ModelFailure last)
    {
        var full = settings.FirstBackoff * Math.Pow(2, Math.Min(tries - 1, 30));
        full = full < settings.MaxBackoff ? full : settings.MaxBackoff;
        var delay = (full / 2) + (full / 2 * random());
        return last.RetryAfter > delay ? last.RetryAfter.Value : delay;
    }
}
