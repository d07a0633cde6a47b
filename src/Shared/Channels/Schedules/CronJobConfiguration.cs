namespace Holdfast.Channels.Schedules;

/// <summary>A message that an agent gets by the clock.</summary>
public sealed record CronJobConfiguration
{
    /// <summary>The key of this job.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// When: <c>{ "cron": "0 9 * * mon-fri", "timeZone": "Europe/Berlin" }</c> (zone by IANA name, default UTC),
    /// <c>{ "every": "15m", "anchorAt": "…" }</c> (at least 1 s, anchor default 1970-01-01T00:00:00Z) or <c>{ "at":
    /// "2026-12-24T18:00:00+01:00" }</c>.
    /// </summary>
    public required Schedule Schedule { get; init; }

    /// <summary>Id of the agent that gets the message.</summary>
    public required string Agent { get; init; }

    /// <summary>The message, as it is.</summary>
    public required string Message { get; init; }

    /// <summary>
    /// The session that all runs share, as the part of its key after the agent; null, the default, gives each run a session of its own.
    /// </summary>
    public string? SessionKey { get; init; }

    /// <summary>
    /// Where the answer goes. Default: nowhere, it stands in the transcript only. <see cref="DeliveryTarget.Comment"/> is not possible
    /// here.
    /// </summary>
    public DeliveryTarget Deliver { get; init; } = new DeliveryTarget.None();

    /// <summary>Default: once.</summary>
    public MissedRuns Missed { get; init; } = MissedRuns.Once;

    /// <summary>Default: skip.</summary>
    public OverlappingRuns Overlap { get; init; } = OverlappingRuns.Skip;
}
