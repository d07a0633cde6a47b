using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts the function by a schedule, in UTC. The parameter is a <see cref="TimerInfo"/>.</summary>
/// <param name="schedule">
/// Six-field NCRONTAB (seconds first; five fields mean second 0), a time span such as <c>00:05:00</c> or <c>1.02:00:00</c>,
/// or either of them behind <c>%setting%</c>.
/// </param>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>The schedule as written.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>
    /// Keeps a schedule status, default true; schedules that fire more than once a minute have none, as with the real host.
    /// The embedded host keeps it in memory: an occurrence that falls into the time between two processes is not made up for,
    /// and <see cref="TimerInfo.IsPastDue"/> is never true.
    /// </summary>
    public bool UseMonitor { get; set; } = true;

    /// <summary>Runs once when the host has started, beside the schedule.</summary>
    public bool RunOnStartup { get; set; }
}
