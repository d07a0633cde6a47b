namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a timer function is told.</summary>
public sealed class TimerInfo
{
    /// <summary>The status before this run; null without monitoring.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>True when the occurrence is later than it should be because no host was running. Never true here.</summary>
    public bool IsPastDue { get; set; }
}
