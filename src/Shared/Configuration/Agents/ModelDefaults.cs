using System.ComponentModel.DataAnnotations;
using Holdfast.Models;

namespace Holdfast.Configuration.Agents;

/// <summary>Time limits of models that state none of their own.</summary>
public sealed record ModelDefaults
{
    /// <summary>Silence allowed before the first event of a model that does not reason. 1 ms to 1 h, default 120 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan FirstEventTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>The same for a reasoning model. Default 300 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan ReasoningFirstEventTimeout { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>Silence allowed between two events. 1 ms to 1 h, default 120 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan BetweenEventsTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>A model with what it leaves open; a silence that nobody allowed is the default.</summary>
    public ModelProfile Complete(ModelProfile model) => model with
    {
        FirstEventTimeout = Or(model.FirstEventTimeout, model.Reasons ? ReasoningFirstEventTimeout : FirstEventTimeout),
        BetweenEventsTimeout = Or(model.BetweenEventsTimeout, BetweenEventsTimeout),
        Retry = model.Retry with { MaxAttemptsPerModel = model.MaxAttempts },
    };

    private static TimeSpan Or(TimeSpan given, TimeSpan fallback) => given == TimeSpan.Zero ? fallback : given;
}
