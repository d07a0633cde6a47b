using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Channels.Schedules;

/// <summary>
/// Turns due times into messages. A timer may fire twice and on two instances: the occurrence's delivery id makes it one message, and
/// its blob (<c>cron/{job}/{dueAt}.json</c>, If-None-Match: *) remembers that it was handled. The message comes first, so a crash
/// between the two repeats a message that is then known.
/// </summary>
public sealed partial class CronTicker(
    CronOptions options, InboxStore inbox, ReceiptStore receipts, IBlobContainer blobs, TimeProvider clock, ILogger<CronTicker> log)
{
    private const string DueFormat = "yyyyMMdd'T'HHmmss'Z'";
    private readonly ConcurrentDictionary<string, Handled> _handled = new(StringComparer.Ordinal);

    /// <summary>Each is looked at for itself: what is wrong with one is no matter to the others.</summary>
    public IEnumerable<CronJobConfiguration> Jobs => options.Jobs;

    /// <summary>Looks at a job once.</summary>
    /// <returns>The session that has a new message; null when the job is not due.</returns>
    public async Task<SessionKey?> TickAsync(CronJobConfiguration job, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var handled = _handled.TryGetValue(job.Name, out var known) ? known : await LoadAsync(job, cancellationToken);
        if (handled is null && job.Schedule is not Schedule.At)
        {
            // A job is new once: from now on it can miss something.
            handled = await RememberAsync(job, new Handled(now, LastRunAt: null), cancellationToken);
        }

        var decision = Decide(job, handled, now);
        if (handled is not null && DueAtOf(decision) is { } dueAt && job.Schedule.NextDueAt(handled.LastDueAt) != dueAt)
        {
            // More came due than this instance handled: another one may have.
            handled = await LoadAsync(job, cancellationToken) ?? handled;
            decision = Decide(job, handled, now);
        }

        SessionKey? signalled = null;
        switch (decision)
        {
            case ScheduleDecision.Run run:
                signalled = await RunAsync(job, run.DueAt, handled?.LastRunAt, cancellationToken);
                await RememberAsync(job, new Handled(run.DueAt, signalled is null ? handled?.LastRunAt : run.DueAt), cancellationToken);
                break;
            case ScheduleDecision.Passed passed:
                LogPassed(log, job.Name, passed.DueAt);
                await RememberAsync(job, new Handled(passed.DueAt, handled?.LastRunAt), cancellationToken);
                break;
        }

        return signalled;
    }

    private ScheduleDecision Decide(CronJobConfiguration job, Handled? handled, DateTimeOffset now) =>
        ScheduleDecider.Decide(job.Schedule, job.Missed, handled?.LastDueAt, now, now, options.PunctualWithin);

    private static DateTimeOffset? DueAtOf(ScheduleDecision decision) => decision switch
    {
        ScheduleDecision.Run run => run.DueAt,
        ScheduleDecision.Passed passed => passed.DueAt,
        _ => null,
    };

    /// <param name="lastRunAt">The due time that was run last: one that was itself let go says nothing about the run before it.</param>
    private async Task<SessionKey?> RunAsync(CronJobConfiguration job, DateTimeOffset dueAt, DateTimeOffset? lastRunAt, CancellationToken cancellationToken)
    {
        if (job.Overlap == OverlappingRuns.Skip && lastRunAt is { } last && last != dueAt && await IsUnfinishedAsync(DeliveryOf(job, last), cancellationToken))
        {
            LogOverlaps(log, job.Name, dueAt);
            return null;
        }

        var delivery = DeliveryOf(job, dueAt);
        var key = SessionKey.Parse($"agent:{job.Agent}:{job.SessionKey ?? $"cron:{job.Name}:{Text(dueAt)}"}");
        var message = new InboundMessage(
            delivery.Value, key.Value, job.Agent, job.Message, MessagePriority.Cron, dueAt.ToUniversalTime(), ReplyTargets.Of(job.Deliver, comment: null), clock.GetUtcNow());
        await inbox.AcceptAsync(delivery, message, cancellationToken);
        LogDue(log, job.Name, dueAt);
        return key;
    }

    private async Task<bool> IsUnfinishedAsync(DeliveryId delivery, CancellationToken cancellationToken) =>
        await inbox.WasAcceptedAsync(delivery, cancellationToken) && !await receipts.ExistsAsync(delivery.Turn, cancellationToken);

    /// <returns>Null for a job that nobody looked at yet.</returns>
    private async Task<Handled?> LoadAsync(CronJobConfiguration job, CancellationToken cancellationToken)
    {
        (BlobPath Path, DateTimeOffset DueAt)? last = null;
        await foreach (var row in blobs.ListAsync($"cron/{job.Name}/", cancellationToken))
        {
            var name = row.Path.Value.Split('/')[^1];
            if (name.EndsWith(".json", StringComparison.Ordinal)
                && DateTimeOffset.TryParseExact(name[..^5], DueFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var dueAt))
            {
                last = (row.Path, dueAt);
            }
        }

        if (last is not { } newest || await blobs.ReadAsync(newest.Path, 0, null, cancellationToken) is not { } snapshot)
        {
            return null;
        }

        try
        {
            return new Handled(newest.DueAt, JsonSerializer.Deserialize(snapshot.Content.Span, ScheduleJson.Default.CronOccurrence)?.LastRunAt);
        }
        catch (JsonException)
        {
            // Its name says how far the job has come; whether that was run, its delivery says.
            LogUnreadable(log, newest.Path.Value);
            return new Handled(newest.DueAt, newest.DueAt);
        }
    }

    private async Task<Handled> RememberAsync(CronJobConfiguration job, Handled handled, CancellationToken cancellationToken)
    {
        var path = BlobPath.Parse($"cron/{job.Name}/{Text(handled.LastDueAt)}.json");
        var occurrence = new CronOccurrence(job.Name, handled.LastDueAt, clock.GetUtcNow(), handled.LastRunAt);

        // Refused: another instance handled the same occurrence, which is as good.
        await blobs.CreateAsync(path, JsonSerializer.SerializeToUtf8Bytes(occurrence, ScheduleJson.Default.CronOccurrence), cancellationToken);
        return _handled[job.Name] = handled;
    }

    /// <summary>How far a job has come.</summary>
    private sealed record Handled(DateTimeOffset LastDueAt, DateTimeOffset? LastRunAt);

    private static DeliveryId DeliveryOf(CronJobConfiguration job, DateTimeOffset dueAt) => DeliveryId.Parse($"cron:{job.Name}:{Text(dueAt)}");

    private static string Text(DateTimeOffset dueAt) => dueAt.UtcDateTime.ToString(DueFormat, CultureInfo.InvariantCulture);

    [LoggerMessage(EventId = 1600, Level = LogLevel.Information, Message = "Cron job {Job} is due ({DueAt})")]
    private static partial void LogDue(ILogger logger, string job, DateTimeOffset dueAt);

    [LoggerMessage(EventId = 1601, Level = LogLevel.Warning, Message = "Cron job {Job} let its run at {DueAt} go: it was missed")]
    private static partial void LogPassed(ILogger logger, string job, DateTimeOffset dueAt);

    [LoggerMessage(EventId = 1603, Level = LogLevel.Error, Message = "{Path} cannot be read; the job goes on from the time that it is named by")]
    private static partial void LogUnreadable(ILogger logger, string path);

    [LoggerMessage(EventId = 1602, Level = LogLevel.Warning, Message = "Cron job {Job} let its run at {DueAt} go: the one before is not finished")]
    private static partial void LogOverlaps(ILogger logger, string job, DateTimeOffset dueAt);
}
