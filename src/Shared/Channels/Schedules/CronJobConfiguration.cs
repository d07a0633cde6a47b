using System.Text.Json.Serialization;
using Holdfast.Inbox;

namespace Holdfast.Channels.Schedules;

/// <summary>A message that an agent gets by the clock.</summary>
public sealed record CronJobConfiguration
{
    /// <summary>The key of this job.</summary>
    [JsonIgnore]
    public string Name { get; set; } = "";

    /// <summary>
    /// When: <c>{ "cron": "0 9 * * mon-fri", "timeZone": "Europe/Berlin" }</c> (zone by IANA name, default UTC),
    /// <c>{ "every": "15m", "anchorAt": "…" }</c> (at least 1 s, anchor default 1970-01-01T00:00:00Z) or <c>{ "at":
    /// "2026-12-24T18:00:00+01:00" }</c>.
    /// </summary>
    public required Schedule Schedule { get; set; }

    /// <summary>Id of the agent that gets the message.</summary>
    public required string Agent { get; set; }

    /// <summary>The message, as it is.</summary>
    public required string Message { get; set; }

    /// <summary>
    /// The session that all runs share, as the part of its key after the agent; null, the default, gives each run a session of its own.
    /// </summary>
    public string? SessionKey { get; set; }

    /// <summary>Where the answer goes. Default: nowhere, it stands in the transcript only.</summary>
    public ReplyTarget Deliver { get; set; } = new ReplyTarget.Stored();

    /// <summary>What becomes of due times that passed while nobody looked. Default: once.</summary>
    public MissedRuns Missed { get; set; } = MissedRuns.Once;

    /// <summary>What becomes of a due time while the run before it goes on. Default: skip.</summary>
    public OverlappingRuns Overlap { get; set; } = OverlappingRuns.Skip;

    /// <summary>The session key of a run, as text.</summary>
    public string KeyTextOf(DateTimeOffset dueAt) => $"agent:{Agent}:{SessionKey ?? $"cron:{Name}:{CronStateStore.Text(dueAt)}"}";
}
