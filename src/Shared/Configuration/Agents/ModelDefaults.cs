namespace Holdfast.Configuration.Agents;

/// <summary>Time limits of models that state none of their own.</summary>
public sealed record ModelDefaults
{
    /// <summary>Silence allowed before the first event of a model that does not reason. 1 ms to 1 h, default 120 s.</summary>
    public TimeSpan FirstEventTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The same for a reasoning model. Default 300 s.</summary>
    public TimeSpan ReasoningFirstEventTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Silence allowed between two events. 1 ms to 1 h, default 120 s.</summary>
    public TimeSpan BetweenEventsTimeout { get; init; } = TimeSpan.FromSeconds(120);
}
