namespace Holdfast.Configuration.Agents;

/// <summary>When an agent's conversations are summed up. What is left out stays in the transcript's earlier segments.</summary>
public sealed record CompactionConfiguration
{
    /// <summary>False: never; a prompt that has no room loses its oldest turns. Default: true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Share of the model's context that a prompt may take before it is due. 0.05 to 1, default 0.7.</summary>
    public double AtShare { get; init; } = 0.7;

    /// <summary>Share of the model's context that the newest turns keep, word for word. 0 up to below <see cref="AtShare"/>, default 0.2.</summary>
    public double KeepShare { get; init; } = 0.2;

    /// <summary>Id of the model that writes summaries. Default: the model of the turn.</summary>
    public string? Model { get; init; }
}
