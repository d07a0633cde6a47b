using Microsoft.DurableTask;

namespace Holdfast.Functions.Orchestrations;

/// <summary>How often the engine runs an activity that failed. Each activity of a turn may run any number of times.</summary>
internal static class Retries
{
    /// <summary>For faults of storage or of a platform, some four minutes of them.</summary>
    public static TaskOptions OfActivities { get; } = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 10, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(60)));
}
