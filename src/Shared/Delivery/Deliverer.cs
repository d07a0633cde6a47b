using Holdfast.Sessions;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Delivery;

/// <summary>
/// Delivers a turn's one reply or notice. The intent stands before the platform is called and each part's receipt right after, so a
/// crash leaves at most one part in doubt; a part in doubt is looked up before it is sent again (I4).
/// </summary>
public sealed partial class Deliverer(OutboxStore outbox, IReplyChannels channels, IdSource ids, TimeProvider clock, ILogger<Deliverer> log)
{
    /// <summary>Tries at one part before the execution gives up and is run again by its orchestration.</summary>
    private const int MaxTries = 8;

    /// <summary>How long a post that was cut off may take to appear.</summary>
    private static readonly TimeSpan AppearsWithin = TimeSpan.FromSeconds(2);

    /// <summary>How long a sender counts on being the only one without asking the outbox again; much less than another one waits for it.</summary>
    private static readonly TimeSpan OwnedFor = TimeSpan.FromSeconds(2);

    /// <summary>Clocks of the platform and ours may differ by this.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    /// <param name="intent">What to deliver if nothing was begun yet; what was begun first is delivered otherwise.</param>
    /// <param name="notBefore">Nothing of it was posted before this.</param>
    /// <returns>The record with <see cref="OutboxState.Delivered"/> or <see cref="OutboxState.Refused"/>.</returns>
    /// <exception cref="StorageUnavailableException">Not finished; run again.</exception>
    /// <exception cref="DeliveryUnfinishedException">The platform gave no clear answer for long; run again.</exception>
    public async Task<OutboxRecord> DeliverAsync(OutboxRecord intent, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        var (sender, now) = (ids.NewNonce(), clock.GetUtcNow());
        var (entry, isNew) = await outbox.BeginAsync(intent with { Sender = sender, BegunAt = now }, cancellationToken);
        isNew |= entry.Record.Sender == sender; // Our own, whose answer was lost.
        var isFirstPass = isNew || entry.Record.Attempts == 0;
        var before = entry.Record.BegunAt ?? now;
        if (entry.Record.State == OutboxState.Sending && !isNew)
        {
            entry = await ReplaceAsync(entry, entry.Record with { Attempts = entry.Record.Attempts + 1, Sender = sender, BegunAt = now }, cancellationToken);
        }

        if (entry.Record.State != OutboxState.Sending)
        {
            return entry.Record;
        }

        if (channels.Find(entry.Record.Target) is not { } channel)
        {
            return (await ReplaceAsync(entry, entry.Record with { State = OutboxState.Refused, Refusal = "channel_not_configured" }, cancellationToken)).Record;
        }

        if (!isFirstPass)
        {
            // The sender before this one may be alive, with a post on its way: by then it was answered, or shows, or never comes.
            var wait = before + OwnedFor + channel.AnswersWithin + AppearsWithin - now;
            await Task.Delay(wait > AppearsWithin ? wait : AppearsWithin, clock, cancellationToken);
        }

        return await SendAsync(entry, channel, inDoubt: !isFirstPass, notBefore - ClockSkew, cancellationToken);
    }

    private async Task<OutboxRecord> SendAsync(
        OutboxEntry entry, IReplyChannel channel, bool inDoubt, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        var parts = channel.Split(entry.Record.Text);
        var wasInDoubt = false;
        for (var tries = 0; entry.Record.State == OutboxState.Sending; tries++)
        {
            if (tries >= MaxTries * parts.Count)
            {
                throw new DeliveryUnfinishedException(entry.Record.TurnId);
            }

            var number = entry.Record.Posted.Length + 1;
            var part = new ReplyPart(entry.Record.TurnId, number, parts[number - 1]);
            if (!inDoubt)
            {
                entry = await OwnAsync(entry, wasInDoubt, cancellationToken);
            }

            wasInDoubt = inDoubt;
            var outcome = inDoubt
                ? await LookAsync(channel, entry.Record, part, notBefore, cancellationToken)
                : await channel.PostAsync(entry.Record.Target, part, cancellationToken);
            LogTried(log, channel.Name, entry.Record.TurnId, number, outcome?.GetType().Name ?? "Absent");
            switch (outcome)
            {
                case PostOutcome.Posted posted:
                    entry = await RecordAsync(entry, posted.PlatformId, parts.Count, cancellationToken);
                    inDoubt = false;
                    break;
                case PostOutcome.RateLimited limited:
                    await Task.Delay(limited.RetryAfter, clock, cancellationToken);
                    break;
                case PostOutcome.Refused refused:
                    return (await ReplaceAsync(entry, entry.Record with { State = OutboxState.Refused, Refusal = refused.Reason }, cancellationToken)).Record;
                case PostOutcome.Ambiguous:
                    inDoubt = true;
                    await Task.Delay(AppearsWithin, clock, cancellationToken);
                    break;
                default:
                    inDoubt = false;
                    break;
            }
        }

        return entry.Record;
    }

    /// <summary>After a look or a delay another sender may have taken over: then this write is refused, and nothing is posted.</summary>
    private Task<OutboxEntry> OwnAsync(OutboxEntry entry, bool wasInDoubt, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return wasInDoubt || now - entry.Record.BegunAt > OwnedFor
            ? ReplaceAsync(entry, entry.Record with { BegunAt = now }, cancellationToken)
            : Task.FromResult(entry);
    }

    /// <returns>As a post would answer; null when the part is not there and may be posted.</returns>
    private async Task<PostOutcome?> LookAsync(
        IReplyChannel channel, OutboxRecord record, ReplyPart part, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        switch (await channel.FindAsync(record.Target, part, notBefore, cancellationToken))
        {
            case LookupOutcome.Found found:
                return new PostOutcome.Posted(found.PlatformId);
            case LookupOutcome.Later later:
                return new PostOutcome.RateLimited(later.RetryAfter);
            case LookupOutcome.Forbidden forbidden:
                // Between silence and a possible double, and only where the platform was set up without leave to look.
                LogMayDouble(log, channel.Name, record.TurnId, forbidden.Reason);
                return null;
            default:
                return null;
        }
    }

    private Task<OutboxEntry> RecordAsync(OutboxEntry entry, string platformId, int parts, CancellationToken cancellationToken)
    {
        var posted = entry.Record.Posted.Add(platformId);
        return ReplaceAsync(
            entry,
            entry.Record with { Posted = posted, State = posted.Length == parts ? OutboxState.Delivered : OutboxState.Sending },
            cancellationToken);
    }

    /// <summary>By If-Match. A refusal is another sender of the same turn, or our own lost answer: what stands then is the truth.</summary>
    private async Task<OutboxEntry> ReplaceAsync(OutboxEntry entry, OutboxRecord next, CancellationToken cancellationToken)
    {
        if (await outbox.TryReplaceAsync(entry, next, cancellationToken) is { } replaced)
        {
            return replaced;
        }

        var standing = await outbox.FindAsync(TurnId.Parse(next.TurnId), cancellationToken)
            ?? throw new StorageUnavailableException("The delivery intent is gone.");
        return standing.Record.Sender == next.Sender && standing.Record.State == next.State && standing.Record.Posted.SequenceEqual(next.Posted)
            ? standing
            : throw new StorageUnavailableException("Another sender is at work on the same delivery.");
    }
}

/// <summary>A platform gave no clear answer for long. The delivery stays in the outbox.</summary>
public sealed class DeliveryUnfinishedException(string turnId) : Exception($"The delivery of turn {turnId} is not finished.");
