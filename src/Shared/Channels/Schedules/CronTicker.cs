using System.Collections.Concurrent;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Channels.Schedules;

/// <summary>
/// Turns due times into messages. A timer may fire twice and on two instances: the occurrence's delivery id makes it one message, and
/// the job's state (<see cref="CronStateStore"/>) remembers that it was handled, however long ago. The message comes first, so a crash
/// between the two repeats a message that is then known.
/// </summary>
public sealed partial class CronTicker(
    CronOptions options, InboxStore inbox, ReceiptStore receipts, IBlobContainer blobs, TimeProvider clock, ILogger<CronTicker> log)
{
    private readonly CronStateStore _states = new(blobs);
    private readonly ConcurrentDictionary<string, CronStateEntry> _known = new(StringComparer.Ordinal);

    /// <summary>Each is looked at for itself: what is wrong with one is no matter to the others.</summary>
    public IEnumerable<CronJobConfiguration> Jobs => options.Jobs;

    /// <summary>Looks at a job once.</summary>
    /// <returns>The session that has a new message; null when the job is not due.</returns>
    public async Task<SessionKey?> TickAsync(CronJobConfiguration job, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (!_known.TryGetValue(job.Name, out var found))
        {
            found = await LoadAsync(job, now, cancellationToken);
        }
        else if (Decide(job, found.State, now) is not ScheduleDecision.Idle)
        {
            // Another instance may have handled it.
            found = await _states.FindAsync(job.Name, now, cancellationToken) ?? found;
        }

        var state = found?.State;
        SessionKey? signalled = null;
        switch (Decide(job, state, now))
        {
            case ScheduleDecision.Run run:
                signalled = await RunAsync(job, run.DueAt, state, cancellationToken);
                await AdvanceAsync(
                    found,
                    signalled is null
                        ? new CronState(job.Name, run.DueAt, state?.LastRunAt, state?.LastRunKey)
                        : new CronState(job.Name, run.DueAt, run.DueAt, signalled),
                    cancellationToken);
                break;
            case ScheduleDecision.Passed passed:
                LogPassed(log, job.Name, passed.DueAt);
                await AdvanceAsync(found, new CronState(job.Name, passed.DueAt, state?.LastRunAt, state?.LastRunKey), cancellationToken);
                break;
        }

        return signalled;
    }

    /// <summary>
    /// A recurring job is new once: from now on it can miss something. What an earlier version knew of a job is carried over.
    /// </summary>
    /// <returns>Null for a job that runs once and that nobody looked at yet.</returns>
    private async Task<CronStateEntry?> LoadAsync(CronJobConfiguration job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await _states.FindAsync(job.Name, now, cancellationToken);
        if (found is { IsGuess: true })
        {
            LogUnreadableState(log, job.Name, found.State.LastDueAt);
        }

        return found is null && job.Schedule is Schedule.At
            ? null
            : await AdvanceAsync(found, found?.State ?? new CronState(job.Name, now, LastRunAt: null, LastRunKey: null), cancellationToken);
    }

    private async Task<CronStateEntry> AdvanceAsync(CronStateEntry? found, CronState next, CancellationToken cancellationToken) =>
        _known[next.Job] = await _states.AdvanceAsync(found, next, clock.GetUtcNow(), cancellationToken);

    private ScheduleDecision Decide(CronJobConfiguration job, CronState? state, DateTimeOffset now) =>
        ScheduleDecider.Decide(job.Schedule, job.Missed, state?.LastDueAt, now, options.PunctualWithin);

    /// <param name="state">Names the due time that was run last: one that was itself let go says nothing about the run before it.</param>
    private async Task<SessionKey?> RunAsync(
        CronJobConfiguration job, DateTimeOffset dueAt, CronState? state, CancellationToken cancellationToken)
    {
        if (job.Overlap == OverlappingRuns.Skip && state?.LastRunAt is { } last && last != dueAt
            && await IsUnfinishedAsync(state.LastRunKey ?? KeyOf(job, last), last, DeliveryOf(job, last), cancellationToken))
        {
            LogOverlaps(log, job.Name, dueAt);
            return null;
        }

        var key = KeyOf(job, dueAt);
        var message = new InboundMessage(
            DeliveryOf(job, dueAt), key, job.Message, MessagePriority.Cron, dueAt.ToUniversalTime(), job.Deliver, clock.GetUtcNow());
        await inbox.AcceptAsync(message, cancellationToken);
        LogDue(log, job.Name, dueAt);
        return key;
    }

    /// <summary>Asked of what is pending and of receipts, neither of which goes by age.</summary>
    private async Task<bool> IsUnfinishedAsync(
        SessionKey key, DateTimeOffset dueAt, DeliveryId delivery, CancellationToken cancellationToken) =>
        await inbox.IsPendingAsync(key, dueAt, delivery, cancellationToken)
            && !await receipts.ExistsAsync(delivery.Turn, cancellationToken);

    private static SessionKey KeyOf(CronJobConfiguration job, DateTimeOffset dueAt) => SessionKey.Parse(job.KeyTextOf(dueAt));

    private static DeliveryId DeliveryOf(CronJobConfiguration job, DateTimeOffset dueAt) =>
        DeliveryId.Parse($"cron:{job.Name}:{CronStateStore.Text(dueAt)}");

    [LoggerMessage(EventId = 1600, Level = LogLevel.Information, Message = "Cron job {Job} is due ({DueAt})")]
    private static partial void LogDue(ILogger logger, string job, DateTimeOffset dueAt);

    [LoggerMessage(EventId = 1601, Level = LogLevel.Warning, Message = "Cron job {Job} let its run at {DueAt} go: it was missed")]
    private static partial void LogPassed(ILogger logger, string job, DateTimeOffset dueAt);

    [LoggerMessage(EventId = 1604, Level = LogLevel.Error, Message = "The state of cron job {Job} cannot be read; it goes on from {DueAt}")]
    private static partial void LogUnreadableState(ILogger logger, string job, DateTimeOffset dueAt);

    [LoggerMessage(
        EventId = 1602, Level = LogLevel.Warning, Message = "Cron job {Job} let its run at {DueAt} go: the one before is not finished")]
    private static partial void LogOverlaps(ILogger logger, string job, DateTimeOffset dueAt);
}
