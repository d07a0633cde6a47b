using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Storage;

namespace Holdfast.Channels.Schedules;

/// <summary>
/// How far a job has come, and the version it was read or written at; none when it comes from the occurrences of an earlier version.
/// </summary>
/// <param name="IsGuess">What is stored cannot be read: the job goes on from its newest occurrence, or else from now.</param>
public sealed record CronStateEntry(CronState State, BlobETag? ETag, bool IsGuess = false);

/// <summary>
/// What decides for each job: <c>schedules/{job}.json</c>, created once (If-None-Match: *), changed by If-Match, only forward, and never
/// deleted. The occurrences beside it (<c>cron/{job}/{dueAt}.json</c>, If-None-Match: *) are for people, and for instances of an earlier
/// version during an update; they may go at any age.
/// </summary>
public sealed class CronStateStore(IBlobContainer blobs)
{
    private const string DueFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const int MaxTries = 8;

    /// <summary>A due time as names have it.</summary>
    public static string Text(DateTimeOffset dueAt) => dueAt.UtcDateTime.ToString(DueFormat, CultureInfo.InvariantCulture);

    /// <returns>Null for a job that nobody looked at yet.</returns>
    public async Task<CronStateEntry?> FindAsync(string job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var snapshot = await blobs.ReadAsync(PathOf(job), 0, null, cancellationToken);
        if (snapshot is not null && Read(snapshot, ScheduleJson.Default.CronState) is { } state)
        {
            return new CronStateEntry(state, snapshot.ETag);
        }

        var occurrence = await NewestOccurrenceAsync(job, cancellationToken);
        return snapshot is null
            ? occurrence is null ? null : new CronStateEntry(occurrence, null)
            : new CronStateEntry(occurrence ?? new CronState(job, now, LastRunAt: null, LastRunKey: null), snapshot.ETag, IsGuess: true);
    }

    /// <summary>Writes down how far the job has come; where another instance has come further, that stands.</summary>
    /// <param name="found">What was found before; null when nothing was.</param>
    public async Task<CronStateEntry> AdvanceAsync(
        CronStateEntry? found, CronState next, DateTimeOffset now, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            next = found is null ? next : Later(found.State, next);
            if (found is { ETag: not null, IsGuess: false } && next == found.State)
            {
                return found;
            }

            var content = JsonSerializer.SerializeToUtf8Bytes(next, ScheduleJson.Default.CronState);
            var outcome = found?.ETag is { } etag
                ? await blobs.ReplaceAsync(PathOf(next.Job), content, etag, cancellationToken)
                : await blobs.CreateAsync(PathOf(next.Job), content, cancellationToken);
            if (outcome is BlobWriteOutcome.Written written)
            {
                await NoteAsync(next, now, cancellationToken);
                return new CronStateEntry(next, written.ETag);
            }

            // Another instance, or our own write whose answer was lost.
            found = await FindAsync(next.Job, now, cancellationToken);
        }

        throw new StorageUnavailableException("The state of a job was changed by others again and again.");
    }

    private static CronState Later(CronState standing, CronState next)
    {
        var (newest, newestRun) =
            (next.LastDueAt > standing.LastDueAt
            ? next
            : standing, next.LastRunAt >= (standing.LastRunAt ?? DateTimeOffset.MinValue) ? next : standing);
        return newest with { LastRunAt = newestRun.LastRunAt, LastRunKey = newestRun.LastRunKey };
    }

    private async Task NoteAsync(CronState state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var occurrence = new CronOccurrence(state.Job, state.LastDueAt, now, state.LastRunAt);
        var path = BlobPath.Parse($"cron/{state.Job}/{Text(state.LastDueAt)}.json");

        // Refused: the same occurrence was noted before, which is as good.
        await blobs.CreateAsync(
            path, JsonSerializer.SerializeToUtf8Bytes(occurrence, ScheduleJson.Default.CronOccurrence), cancellationToken);
    }

    /// <summary>All that versions before this one wrote.</summary>
    private async Task<CronState?> NewestOccurrenceAsync(string job, CancellationToken cancellationToken)
    {
        (BlobPath Path, DateTimeOffset DueAt)? last = null;
        await foreach (var row in blobs.ListAsync($"cron/{job}/", cancellationToken))
        {
            var name = row.Path.Value.Split('/')[^1];
            if (name.EndsWith(".json", StringComparison.Ordinal)
                && DateTimeOffset.TryParseExact(
                    name[..^5], DueFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var dueAt))
            {
                last = (row.Path, dueAt);
            }
        }

        if (last is not { } newest || await blobs.ReadAsync(newest.Path, 0, null, cancellationToken) is not { } snapshot)
        {
            return null;
        }

        // One that cannot be read says by its name how far the job has come; whether that was run, its message says.
        var occurrence = Read(snapshot, ScheduleJson.Default.CronOccurrence);
        return new CronState(job, newest.DueAt, occurrence is null ? newest.DueAt : occurrence.LastRunAt, LastRunKey: null);
    }

    /// <returns>Null when it is no such record.</returns>
    private static T? Read<T>(BlobSnapshot snapshot, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(snapshot.Content.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static BlobPath PathOf(string job) => BlobPath.Parse($"schedules/{job}.json");
}
