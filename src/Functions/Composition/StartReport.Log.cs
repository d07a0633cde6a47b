using Holdfast.Channels.Hooks;
using Holdfast.Channels.Schedules;
using Holdfast.Configuration;
using Holdfast.Configuration.Agents;
using Holdfast.Turns;
using Microsoft.Extensions.Logging;

namespace Holdfast.Functions.Composition;

internal sealed partial class StartReport
{
    [LoggerMessage(
        EventId = 2200, Level = LogLevel.Information, Message = "Agent {Agent} ({Name}) from {Mark}: models {Models}; tools {Tools}")]
    private static partial void LogAgent(ILogger logger, string agent, string name, string mark, string models, string tools);

    [LoggerMessage(
        EventId = 2201,
        Level = LogLevel.Information,
        Message = "Agent {Agent} ends a turn after {Deadline}; fence mode {Fence}; queue mode {Queue}; trigger {Trigger}")]
    private static partial void LogAgentTurns(
        ILogger logger, string agent, TimeSpan deadline, FenceMode fence, QueueMode queue, string trigger);

    [LoggerMessage(EventId = 2202, Level = LogLevel.Information, Message = "Channel {Channel}: {What}")]
    private static partial void LogChannel(ILogger logger, string channel, string what);

    [LoggerMessage(
        EventId = 2203,
        Level = LogLevel.Information,
        Message = "Hook {Hook}: {Events} to agent {Agent}, session {Session}; answers go to {Reply}")]
    private static partial void LogHook(ILogger logger, string hook, string events, string agent, Template session, string reply);

    [LoggerMessage(
        EventId = 2204,
        Level = LogLevel.Information,
        Message = "Job {Job} for agent {Agent}, session {Session}, to {Reply}: next at {DueAt:O}")]
    private static partial void LogJob(ILogger logger, string job, string agent, string session, string reply, DateTimeOffset dueAt);

    [LoggerMessage(
        EventId = 2205,
        Level = LogLevel.Warning,
        Message = "Job {Job} for agent {Agent} is past and comes due no more; if it never ran, {Missed} says what becomes of it")]
    private static partial void LogPastJob(ILogger logger, string job, string agent, MissedRuns missed);

    [LoggerMessage(EventId = 2206, Level = LogLevel.Warning, Message = "Configuration: {Warning}")]
    private static partial void LogWarning(ILogger logger, ConfigurationError warning);
}
