using Microsoft.DurableTask;

namespace Holdfast.Embedded.Durable.Replay;

/// <summary>Retries as orchestrator code: attempts are calls and waits are durable timers, so a replay walks the same way.</summary>
internal static class RetryLoop
{
    public static async Task<T> RunAsync<T>(TaskOrchestrationContext context, TaskRetryOptions? retry, Func<Task<T>> attempt)
    {
        var startedAt = context.CurrentUtcDateTime;
        for (var attempts = 1; ; attempts++)
        {
            TaskFailedException failure;
            try
            {
                return await attempt();
            }
            catch (TaskFailedException failed) when (retry is not null)
            {
                failure = failed;
            }

            var goesOn = retry.Policy is { } policy
                ? await WaitAsync(context, policy, attempts, startedAt, failure)
                : await retry.Handler!(new RetryContext(
                    context, attempts, failure.FailureDetails, context.CurrentUtcDateTime - startedAt, CancellationToken.None));
            if (!goesOn)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }
        }
    }

    private static async Task<bool> WaitAsync(
        TaskOrchestrationContext context, RetryPolicy policy, int attempts, DateTime startedAt, TaskFailedException failure)
    {
        if (attempts >= policy.MaxNumberOfAttempts || !policy.Handles(failure.FailureDetails))
        {
            return false;
        }

        if (policy.RetryTimeout != Timeout.InfiniteTimeSpan && context.CurrentUtcDateTime - startedAt >= policy.RetryTimeout)
        {
            return false;
        }

        await context.CreateTimer(Delay(policy, attempts), CancellationToken.None);
        return true;
    }

    private static TimeSpan Delay(RetryPolicy policy, int attempts)
    {
        var longest = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : policy.MaxRetryInterval;
        var wanted = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempts - 1);
        return wanted < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(wanted) : longest;
    }
}
