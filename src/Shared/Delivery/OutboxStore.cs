using System.Text.Json;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Delivery;

/// <summary>A record of the outbox and the version it was read or written at.</summary>
public sealed record OutboxEntry(OutboxRecord Record, BlobETag ETag);

/// <summary>
/// Delivery intents: created once per turn (If-None-Match: *), changed by If-Match only. The first intent wins, so a turn has one reply
/// or one notice and never both (I4).
/// </summary>
public sealed class OutboxStore(IBlobContainer blobs)
{
    /// <returns>The intent that stands, and whether this call made it.</returns>
    public async Task<(OutboxEntry Entry, bool IsNew)> BeginAsync(OutboxRecord record, CancellationToken cancellationToken)
    {
        if (await blobs.CreateAsync(PathOf(record.TurnId), Serialize(record), cancellationToken) is BlobWriteOutcome.Written written)
        {
            return (new OutboxEntry(record, written.ETag), true);
        }

        return await FindAsync(record.TurnId, cancellationToken) is { } standing
            ? (standing, false)
            : throw new StorageUnavailableException("The delivery intent was refused and is not there.");
    }

    /// <returns>Null when another sender changed the record since: read it again.</returns>
    public async Task<OutboxEntry?> TryReplaceAsync(OutboxEntry entry, OutboxRecord next, CancellationToken cancellationToken) =>
        await blobs.ReplaceAsync(PathOf(next.TurnId), Serialize(next), entry.ETag, cancellationToken) is BlobWriteOutcome.Written written
            ? new OutboxEntry(next, written.ETag)
            : null;

    /// <returns>Null while nothing is to be delivered for the turn.</returns>
    public async Task<OutboxEntry?> FindAsync(TurnId turn, CancellationToken cancellationToken) =>
        await blobs.ReadAsync(PathOf(turn), 0, null, cancellationToken) is { } snapshot
            ? new OutboxEntry(
                JsonSerializer.Deserialize(snapshot.Content.Span, OutboxJson.Default.OutboxRecord)
                ?? throw new InvalidDataException("The outbox record is empty."),
                snapshot.ETag)
            : null;

    private static byte[] Serialize(OutboxRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, OutboxJson.Default.OutboxRecord);

    private static BlobPath PathOf(TurnId turn) => BlobPath.Parse($"outbox/{turn.Value}.json");
}
