using System.Text.Json.Serialization;
using Holdfast.Sessions;

namespace Holdfast.Channels.Schedules;

/// <summary>What <c>cron/{job}/{dueAt}.json</c> holds: that this due time was looked at, run or let go.</summary>
/// <param name="LastRunAt">The newest due time that was run, this one or an earlier; null when none was.</param>
public sealed record CronOccurrence(string Job, DateTimeOffset DueAt, DateTimeOffset HandledAt, DateTimeOffset? LastRunAt);

/// <summary>What <c>schedules/{job}.json</c> holds: how far a job has come.</summary>
/// <param name="LastDueAt">The newest due time that was handled, run or let go.</param>
/// <param name="LastRunAt">The newest due time that was run; null when none was.</param>
/// <param name="LastRunKey">The session of that run; null when an earlier version wrote it down.</param>
public sealed record CronState(string Job, DateTimeOffset LastDueAt, DateTimeOffset? LastRunAt, SessionKey? LastRunKey);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CronOccurrence))]
[JsonSerializable(typeof(CronState))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
