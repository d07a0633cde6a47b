namespace Microsoft.DurableTask.Client;

/// <summary>Where an instance stands. The numbers are the vendor's.</summary>
public enum OrchestrationRuntimeStatus
{
    Running = 0,

    Completed = 1,

    [Obsolete("Kept for the vendor's numbers; never answered.")]
    ContinuedAsNew = 2,

    Failed = 3,

    [Obsolete("Kept for the vendor's numbers; never answered.")]
    Canceled = 4,

    Terminated = 5,

    Pending = 6,

    Suspended = 7,
}
