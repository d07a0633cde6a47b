namespace Holdfast.Configuration;

/// <summary>Bounds that hold for the whole app.</summary>
public sealed record LimitsConfiguration
{
    /// <summary>Longest accepted message text, in UTF-8 bytes. 1 KiB to 1 MiB, default 256 KiB.</summary>
    public int MaxMessageBytes { get; init; } = 256 * 1024;

    /// <summary>Model calls in flight in one process; further ones wait, and waiting is progress. 1 to 1,000, default 64.</summary>
    public int MaxConcurrentModelCalls { get; init; } = 64;

    /// <summary>How long a message lies in the inbox before the sweeper signals its session again. 5 s to 1 h, default 60 s.</summary>
    public TimeSpan InboxSweepAge { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a claim waits for a lease that somebody else holds before the message goes back to the inbox. 1 s to 10 min, default 60
    /// s.
    /// </summary>
    public TimeSpan ClaimWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Length of the prompt lock, and so what a crash costs at most. 15 s to 60 s (what Azure Blob Storage grants), default 60 s.
    /// </summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Pause between two renewals of the prompt lock. From 1 s to less than half of <see cref="LeaseDuration"/>, default 20 s.
    /// </summary>
    public TimeSpan LeaseRenewal { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a write waits for a side writer that is inside: beyond the lease of one that died.</summary>
    public TimeSpan FenceWait() => LeaseDuration + TimeSpan.FromSeconds(15);

    /// <summary>How late a scheduled run may start and still count as punctual. 1 min to 1 h, default 5 min.</summary>
    public TimeSpan CronPunctualWithin { get; init; } = TimeSpan.FromMinutes(5);
}
