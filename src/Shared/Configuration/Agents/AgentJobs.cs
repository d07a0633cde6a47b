using Holdfast.Channels.Schedules;
using Holdfast.Configuration.Parsing;
using Holdfast.Inbox;

namespace Holdfast.Configuration.Agents;

/// <summary>The trigger of an agent as a cron job.</summary>
internal static class AgentJobs
{
    private const string DefaultMessage = "It is time: do now what your instructions say about it.";
    private const string SchedulePath = "$.trigger.args.schedule";

    /// <returns>Null where the agent has none, or where it is wrong, which is reported.</returns>
    public static CronJobConfiguration? Of(ReadAgent read)
    {
        var (agent, settings, file) = (read.Agent, read.Agent.Settings, read.File);
        if (agent.Trigger is not { Args.Schedule: { } line })
        {
            (string Key, bool IsGiven)[] given =
                [
                    ("zone", settings.Zone is not null), ("message", settings.Message is not null),
                    ("deliver", settings.Deliver is not ReplyTarget.Stored),
                ];
            foreach (var (key, _) in given.Where(one => one.IsGiven && agent.Trigger is null))
            {
                file.Report(JsonPath.Key("$.metadata.holdfast", key), "belongs to a trigger, and there is none");
            }

            return null;
        }

        var zone = settings.Zone is null ? TimeZoneInfo.Utc : WrittenSchedule.ZoneOf(settings.Zone);
        if (zone is null)
        {
            file.Report("$.metadata.holdfast.zone", settings.Zone!, WrittenSchedule.WhatIsWrongWithZone(settings.Zone!));
        }

        var schedule = Parse(line, out var reason);
        if (schedule is null)
        {
            file.Report(SchedulePath, line, reason);
        }

        return schedule is not null && zone is not null
            ? new CronJobConfiguration
            {
                Name = agent.Id,
                Agent = agent.Id,
                Schedule = new Schedule.Cron(schedule, zone),
                Message = settings.Message ?? DefaultMessage,
                Deliver = settings.Deliver ?? new ReplyTarget.Stored(),
            }
            : null;
    }

    private static CronSchedule? Parse(string line, out string reason)
    {
        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 6)
        {
            return CronSchedule.TryParse(line, out reason);
        }

        if (fields[0] is "0" or "00")
        {
            return CronSchedule.TryParse(string.Join(' ', fields[1..]), out reason);
        }

        reason = "jobs come due by the minute: the first of six fields, the second, must be 0";
        return null;
    }
}
