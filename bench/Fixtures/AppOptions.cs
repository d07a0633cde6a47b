namespace Holdfast.Bench.Fixtures;

/// <summary>How an app of the bench differs from the others.</summary>
internal sealed record AppOptions
{
    /// <summary>The app reaches its storage, the engine's included, through it; null for directly.</summary>
    public CountedStorage? Storage { get; init; }

    /// <summary>Of its container and of its task hub; null for a new one.</summary>
    public string? Name { get; init; }

    /// <summary>What the model takes.</summary>
    public int ContextTokens { get; init; } = 200_000;

    /// <summary>False keeps cron tick and inbox sweep out of the counting; true is the schedules of local.settings.sample.json.</summary>
    public bool HasTimers { get; init; } = true;
}
