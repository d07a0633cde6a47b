using Holdfast.Embedded.Hosting;
using Holdfast.Embedded.Invocation;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Timers;

/// <summary>
/// Runs timer functions, each in a loop of its own, so that a function never overlaps itself. As with the real host, the next
/// occurrence is counted from the begin of a run: one that fell due while the function ran follows at once, further ones of
/// that time are dropped. A run that fails does not stop the schedule. Loops begin when the host has started.
/// </summary>
internal sealed partial class TimerRunner(
    IFunctionInvoker invoker,
    RunningInvocations running,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<TimerRunner> logger) : IHostedLifecycleService
{
    // The longest wait that every timer implementation takes.
    private static readonly TimeSpan _longestWait = TimeSpan.FromDays(24);

    private readonly List<TimerFunction> _timers = [];
    private Task _loops = Task.CompletedTask;

    /// <summary>Only while the application is built.</summary>
    public void Add(TimerFunction timer) => _timers.Add(timer);

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // On the pool: a function that runs at start-up must not hold the start up.
        _loops = Task.WhenAll(_timers.Select(timer => Task.Run(() => RunAsync(timer, lifetime.ApplicationStopping), CancellationToken.None)));
        return Task.CompletedTask;
    }

    // Loops end with the application's stopping token; what still runs is waited for with the other invocations.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => _loops.IsCompleted ? _loops : Task.CompletedTask;

    private async Task RunAsync(TimerFunction timer, CancellationToken stopping)
    {
        try
        {
            var status = Status(last: default, timer.Schedule.Next(time.GetUtcNow()), updated: default);
            if (timer.RunOnStartup)
            {
                status = await FireAsync(timer, status, occurrence: null, stopping);
            }

            while (status.Next != DateTime.MaxValue)
            {
                await WaitUntilAsync(status.Next, stopping);
                status = await FireAsync(timer, status, status.Next, stopping);
            }

            NeverAgain(timer.Function.Name);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops, and the schedule with it.
        }
    }

    private async Task WaitUntilAsync(DateTime due, CancellationToken stopping)
    {
        for (var wait = due - time.GetUtcNow().UtcDateTime; wait > TimeSpan.Zero; wait = due - time.GetUtcNow().UtcDateTime)
        {
            await Task.Delay(wait < _longestWait ? RoundUp(wait) : _longestWait, time, stopping);
        }

        stopping.ThrowIfCancellationRequested();
    }

    // Timers count whole milliseconds; rounding down would spin through the last one.
    private static TimeSpan RoundUp(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));

    private async Task<ScheduleStatus> FireAsync(TimerFunction timer, ScheduleStatus status, DateTime? occurrence, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        var begun = time.GetUtcNow();
        if (occurrence > begun.UtcDateTime)
        {
            begun = new DateTimeOffset(occurrence.Value, TimeSpan.Zero);
        }

        using var invocation = running.Begin(CancellationToken.None);
        try
        {
            await invoker.InvokeAsync(timer.Function, new TimerInfo { ScheduleStatus = timer.KeepsStatus ? status : null }, invocation.Token);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            // The invoker has logged it; the schedule goes on.
            RunFailed(timer.Function.Name, failure.GetType().Name);
        }

        return Status(begun.UtcDateTime, timer.Schedule.Next(begun), begun.UtcDateTime);
    }

    private static ScheduleStatus Status(DateTime last, DateTimeOffset? next, DateTime updated)
        => new() { Last = last, Next = next?.UtcDateTime ?? DateTime.MaxValue, LastUpdated = updated };
}
