namespace Holdfast.Configuration.Agents;

/// <summary>Pauses between attempts at one model call: each twice the one before, up to the longest.</summary>
public sealed record RetryConfiguration
{
    /// <summary>Pause after the first failed attempt. 1 ms to 10 min, default 1 s.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause; not less than <see cref="FirstDelay"/>. 1 ms to 10 min, default 30 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);
}
