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

    /// <summary>How long a sender counts on being the only one without asking the outbox again.</summary>
    private static readonly TimeSpan OwnedFor = TimeSpan.FromSeconds(2);

    /// <summary>Clocks of the platform and ours may differ by this.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    /// <summary>GitHub's allowance begins anew each hour; whoever wishes for a longer pause is asked again.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <param name="intent">What to deliver if nothing was begun yet; what was begun first is delivered otherwise.</param>
    /// <param name="notBefore">Nothing of it was posted before this.</param>
    /// <param name="patience">The longest pause that is waited for here.</param>
    /// <returns>
    /// The record with <see cref="OutboxState.Delivered"/> or <see cref="OutboxState.Refused"/>; with <see cref="OutboxState.Sending"/>
    /// when it takes more patience: run again at <see cref="OutboxRecord.RetryAt"/>. No deadline ends a delivery.
    /// </returns>
    /// <exception cref="StorageUnavailableException">Not finished; run again.</exception>
    /// <exception cref="DeliveryUnfinishedException">The platform gave no clear answer for long; run again.</exception>
    public async Task<OutboxRecord> DeliverAsync(
        OutboxRecord intent, DateTimeOffset notBefore, TimeSpan patience, CancellationToken cancellationToken)
    {
        var sender = ids.NewNonce();
        var (entry, isNew) = await outbox.BeginAsync(intent with { Sender = sender, BegunAt = clock.GetUtcNow() }, cancellationToken);
        if (entry.Record.State != OutboxState.Sending)
        {
            return entry.Record;
        }

        if (channels.Find(entry.Record.Target) is not { } channel)
        {
            return (await ReplaceAsync(
                entry, entry.Record with { State = OutboxState.Refused, Refusal = "channel_not_configured" }, cancellationToken)).Record;
        }

        isNew |= entry.Record.Sender == sender; // Our own, whose answer was lost.
        var isFirstPass = isNew || entry.Record.Attempts == 0 || entry.Record is { RetryAt: not null, BegunAt: null };
        if (!isNew)
        {
            var wait = WaitFor(entry.Record, isFirstPass, channel);
            entry = wait > patience
                ? await PutOffAsync(entry, wait, sender, cancellationToken)
                : await TakeOverAsync(entry, wait, sender, cancellationToken);
        }

        return entry.Record.RetryAt is not null
            ? entry.Record
            : await SendAsync(entry, channel, inDoubt: !isFirstPass, notBefore - ClockSkew, patience, cancellationToken);
    }

    /// <summary>How long a second sender has to wait for a first one: by then its post was answered, or shows, or never comes.</summary>
    internal static TimeSpan SecondWaitsFor(IReplyChannel channel) => OwnedFor + channel.AnswersWithin + AppearsWithin;

    /// <summary>
    /// Until the pause is over that was noted; else, when the sender before this one may be alive with a post on its way, until that is
    /// decided. Its clock may be another one.
    /// </summary>
    private TimeSpan WaitFor(OutboxRecord record, bool isFirstPass, IReplyChannel channel)
    {
        var now = clock.GetUtcNow();
        if (record.RetryAt is { } retryAt)
        {
            return retryAt > now ? retryAt - now : TimeSpan.Zero;
        }

        if (isFirstPass)
        {
            return TimeSpan.Zero;
        }

        var (whole, left) = (SecondWaitsFor(channel), (record.BegunAt ?? now) + SecondWaitsFor(channel) + ClockSkew - now);
        return left >= whole ? whole : left > AppearsWithin ? left : AppearsWithin;
    }

    /// <summary>From here on no earlier sender begins a post; what it had begun is over when the wait is.</summary>
    private async Task<OutboxEntry> TakeOverAsync(OutboxEntry entry, TimeSpan wait, string sender, CancellationToken cancellationToken)
    {
        entry = await ReplaceAsync(
            entry, entry.Record with { Attempts = entry.Record.Attempts + 1, Sender = sender, BegunAt = clock.GetUtcNow(), RetryAt = null },
            cancellationToken);
        await Task.Delay(wait, clock, cancellationToken);
        return entry;
    }

    /// <summary>The same, for whoever comes when the wait is over; a pause that was noted before stays.</summary>
    private async Task<OutboxEntry> PutOffAsync(OutboxEntry entry, TimeSpan wait, string sender, CancellationToken cancellationToken) =>
        entry.Record.RetryAt is not null
            ? entry
            : await ReplaceAsync(
                entry,
                entry.Record with
                {
                    Attempts = entry.Record.Attempts + 1,
                    Sender = sender,
                    BegunAt = entry.Record.BegunAt ?? clock.GetUtcNow(),
                    RetryAt = clock.GetUtcNow() + wait,
                },
                cancellationToken);

    private async Task<OutboxRecord> SendAsync(
        OutboxEntry entry, IReplyChannel channel, bool inDoubt, DateTimeOffset notBefore, TimeSpan patience,
        CancellationToken cancellationToken)
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
            LogTried(log, channel.Name, entry.Record.TurnId.Value, number, outcome?.GetType().Name ?? "Absent");
            switch (outcome)
            {
                case PostOutcome.Posted posted:
                    entry = await RecordAsync(entry, posted.PlatformId, parts.Count, cancellationToken);
                    inDoubt = false;
                    break;
                case PostOutcome.RateLimited limited when limited.RetryAfter > patience:
                    // Nobody needs to hold on to an activity for that.
                    var pause = limited.RetryAfter < LongestPause ? limited.RetryAfter : LongestPause;
                    return (await ReplaceAsync(
                        entry,
                        entry.Record with { BegunAt = inDoubt ? entry.Record.BegunAt : null, RetryAt = clock.GetUtcNow() + pause },
                        cancellationToken)).Record;
                case PostOutcome.RateLimited limited:
                    await Task.Delay(limited.RetryAfter, clock, cancellationToken);
                    break;
                case PostOutcome.Refused refused:
                    return (await ReplaceAsync(
                        entry, entry.Record with { State = OutboxState.Refused, Refusal = refused.Reason }, cancellationToken)).Record;
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
                LogMayDouble(log, channel.Name, record.TurnId.Value, forbidden.Reason);
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

        var standing = await outbox.FindAsync(next.TurnId, cancellationToken)
            ?? throw new StorageUnavailableException("The delivery intent is gone.");
        return standing.Record.Sender == next.Sender && standing.Record.State == next.State
            && standing.Record.Posted.SequenceEqual(next.Posted)
            ? standing
            : throw new StorageUnavailableException("Another sender is at work on the same delivery.");
    }
}

/// <summary>A platform gave no clear answer for long. The delivery stays in the outbox.</summary>
public sealed class DeliveryUnfinishedException(TurnId turn) : Exception($"The delivery of turn {turn} is not finished.");
