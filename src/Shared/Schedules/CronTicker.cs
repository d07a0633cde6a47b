using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Holdfast.Configuration;
using Holdfast.Inbox;
using Holdfast.Outbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Schedules;

/// <summary>
/// Turns due times into messages. A timer may fire twice and on two instances: the occurrence's delivery id makes it one message, and
/// its blob (<c>cron/{job}/{dueAt}.json</c>, If-None-Match: *) remembers that it was handled. The message comes first, so a crash
/// between the two repeats a message that is then known.
/// </summary>
public sealed partial class CronTicker(
    HoldfastConfiguration configuration, InboxStore inbox, ReceiptStore receipts, IBlobContainer blobs, TimeProvider clock, ILogger<CronTicker> log)
{
    private const string DueFormat = "yyyyMMdd'T'HHmmss'Z'";
    private readonly ConcurrentDictionary<string, DateTimeOffset> _lastDueAt = new(StringComparer.Ordinal);

    /// <summary>Looks at every job once.</summary>
    /// <returns>The sessions that have a new message.</returns>
    public async Task<IReadOnlyList<SessionKey>> TickAsync(CancellationToken cancellationToken)
    {
        var rung = new List<SessionKey>();
        foreach (var job in configuration.Cron.Values)
        {
            if (await TickAsync(job, cancellationToken) is { } key)
            {
                rung.Add(key);
            }
        }

        return rung;
    }

    private async Task<SessionKey?> TickAsync(CronJobConfiguration job, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var lastDueAt = await LastDueAtAsync(job, cancellationToken);
        if (lastDueAt is null && job.Schedule is not Schedule.At)
        {
            // A job is new once: from now on it can miss something.
            await RememberAsync(job, now, cancellationToken);
            lastDueAt = now;
        }

        SessionKey? rung = null;
        switch (ScheduleDecider.Decide(job.Schedule, job.Missed, lastDueAt, now, now, configuration.Limits.CronPunctualWithin))
        {
            case ScheduleDecision.Run run:
                rung = await RunAsync(job, run.DueAt, lastDueAt, cancellationToken);
                await RememberAsync(job, run.DueAt, cancellationToken);
                break;
            case ScheduleDecision.Passed passed:
                LogPassed(log, job.Name, passed.DueAt);
                await RememberAsync(job, passed.DueAt, cancellationToken);
                break;
        }

        return rung;
    }

    private async Task<SessionKey?> RunAsync(CronJobConfiguration job, DateTimeOffset dueAt, DateTimeOffset? lastDueAt, CancellationToken cancellationToken)
    {
        if (job.Overlap == OverlappingRuns.Skip && lastDueAt is { } last && await IsUnfinishedAsync(DeliveryOf(job, last), cancellationToken))
        {
            LogOverlaps(log, job.Name, dueAt);
            return null;
        }

        var delivery = DeliveryOf(job, dueAt);
        var key = SessionKey.Parse($"agent:{job.Agent}:{job.SessionKey ?? $"cron:{job.Name}:{Text(dueAt)}"}");
        var message = new InboundMessage(
            delivery.Value, key.Value, job.Agent, job.Message, MessagePriority.Cron, dueAt.ToUniversalTime(), ReplyTargets.Of(job.Deliver, comment: null));
        await inbox.AcceptAsync(delivery, message, cancellationToken);
        LogDue(log, job.Name, dueAt);
        return key;
    }

    private async Task<bool> IsUnfinishedAsync(DeliveryId delivery, CancellationToken cancellationToken) =>
        await inbox.WasAcceptedAsync(delivery, cancellationToken) && await receipts.FindAsync(delivery.Turn, cancellationToken) is null;

    private async Task<DateTimeOffset?> LastDueAtAsync(CronJobConfiguration job, CancellationToken cancellationToken)
    {
        if (_lastDueAt.TryGetValue(job.Name, out var known))
        {
            return known;
        }

        DateTimeOffset? last = null;
        await foreach (var row in blobs.ListAsync($"cron/{job.Name}/", cancellationToken))
        {
            var name = row.Path.Value.Split('/')[^1];
            if (name.EndsWith(".json", StringComparison.Ordinal)
                && DateTimeOffset.TryParseExact(name[..^5], DueFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var dueAt))
            {
                last = dueAt;
            }
        }

        return last;
    }

    private async Task RememberAsync(CronJobConfiguration job, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        var path = BlobPath.Parse($"cron/{job.Name}/{Text(dueAt)}.json");
        var content = JsonSerializer.SerializeToUtf8Bytes(new CronOccurrence(job.Name, dueAt, clock.GetUtcNow()), ScheduleJson.Default.CronOccurrence);

        // Refused: another instance handled the same occurrence, which is as good.
        await blobs.CreateAsync(path, content, cancellationToken);
        _lastDueAt[job.Name] = dueAt;
    }

    private static DeliveryId DeliveryOf(CronJobConfiguration job, DateTimeOffset dueAt) => DeliveryId.Parse($"cron:{job.Name}:{Text(dueAt)}");

    private static string Text(DateTimeOffset dueAt) => dueAt.UtcDateTime.ToString(DueFormat, CultureInfo.InvariantCulture);

    [LoggerMessage(EventId = 1600, Level = LogLevel.Information, Message = "Cron job {Job} is due ({DueAt})")]
    private static partial void LogDue(ILogger logger, string job, DateTimeOffset dueAt);

    [LoggerMessage(EventId = 1601, Level = LogLevel.Warning, Message = "Cron job {Job} let its run at {DueAt} go: it was missed")]
    private static partial void LogPassed(ILogger logger, string job, DateTimeOffset dueAt);

    [LoggerMessage(EventId = 1602, Level = LogLevel.Warning, Message = "Cron job {Job} let its run at {DueAt} go: the one before is not finished")]
    private static partial void LogOverlaps(ILogger logger, string job, DateTimeOffset dueAt);
}
