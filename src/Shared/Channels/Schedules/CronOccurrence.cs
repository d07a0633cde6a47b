using System.Text.Json.Serialization;

namespace Holdfast.Channels.Schedules;

/// <summary>What <c>cron/{job}/{dueAt}.json</c> holds: that this due time was looked at, run or let go.</summary>
/// <param name="LastRunAt">The newest due time that was run, this one or an earlier; null when none was.</param>
public sealed record CronOccurrence(string Job, DateTimeOffset DueAt, DateTimeOffset HandledAt, DateTimeOffset? LastRunAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CronOccurrence))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
