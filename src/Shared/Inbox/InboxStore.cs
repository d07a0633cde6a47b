using System.Runtime.CompilerServices;
using System.Text.Json;
using Holdfast.Sessions;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Inbox;

/// <summary>
/// Pending messages and side entries, outside of any orchestration: an event may be lost, a blob may not (I3).
/// <para>
/// A delivery record (If-None-Match: *) is the dedupe. A crash between it and the pending blob is mended by the sender's next try,
/// as a repeated delivery without a receipt makes sure that the pending blob is there; its name comes from the delivery alone, so
/// that creating it twice is one.
/// </para>
/// <para>
/// Before both stands the key's record, or whoever looks the session up before its first turn is opened would find none: a thread's next
/// message, an operator. A crash behind it leaves a session without a message, which the next one to the key begins.
/// </para>
/// <para>
/// A pending blob that cannot be read is set aside by whoever meets it (<c>deadletters/</c>, under the same name), so that it neither stops
/// those behind it nor gets lost.
/// </para>
/// </summary>
/// <param name="isFinished">Whether a turn has its receipt.</param>
public sealed partial class InboxStore(
    IBlobContainer blobs, SessionDirectory sessions, Func<TurnId, CancellationToken, Task<bool>> isFinished, ILogger<InboxStore> log)
{
    /// <summary>When this returns, the message is durable, and its session can be looked up.</summary>
    public async Task<AcceptOutcome> AcceptAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        await sessions.EnsureAsync(message.SessionKey, cancellationToken);
        if (await blobs.CreateAsync(RecordPath(message.DeliveryId), Serialize(message), cancellationToken) is not BlobWriteOutcome.Written)
        {
            return await RepeatAsync(message, cancellationToken);
        }

        await MakePendingAsync(message, cancellationToken);
        return new AcceptOutcome.Accepted(message.DeliveryId.Turn);
    }

    /// <returns>True while the message waits for its turn, or its turn goes on.</returns>
    public async Task<bool> IsPendingAsync(
        SessionKey key, DateTimeOffset acceptedAt, DeliveryId delivery, CancellationToken cancellationToken) =>
        await blobs.ReadAsync(
            InboxItem.PathOf(key.Hash, acceptedAt, InboxKind.Message, delivery.Hash), 0, maxBytes: 0, cancellationToken) is not null;

    /// <summary>Leaves an entry for the transcript; whoever owns the session appends it at its next boundary.</summary>
    /// <param name="line">The entry as one transcript line, stamped by its author.</param>
    /// <returns>False when the same delivery is pending already.</returns>
    public async Task<bool> AddSideEntryAsync(
        SessionKey key, DeliveryId delivery, DateTimeOffset at, ReadOnlyMemory<byte> line, CancellationToken cancellationToken) =>
        await blobs.CreateAsync(
            InboxItem.PathOf(key.Hash, at, InboxKind.Side, delivery.Hash), line, cancellationToken) is BlobWriteOutcome.Written;

    /// <summary>What is pending for one session, in order of acceptance.</summary>
    public IAsyncEnumerable<InboxItem> ListAsync(SessionKey key, CancellationToken cancellationToken) =>
        ListAsync(InboxItem.PrefixOf(key.Hash), cancellationToken);

    /// <summary>What is pending anywhere, by session.</summary>
    public IAsyncEnumerable<InboxItem> ListAllAsync(CancellationToken cancellationToken) => ListAsync(InboxItem.Root, cancellationToken);

    /// <returns>How many of the session's pending blobs could not be read and were set aside.</returns>
    public async Task<int> CountSetAsideAsync(SessionKey key, CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var _ in blobs.ListAsync($"{InboxItem.SetAsideRoot}{key.Hash}/", cancellationToken))
        {
            count++;
        }

        return count;
    }

    /// <returns>Null when it is no longer pending, also because it is no message of this session and was set aside.</returns>
    public async Task<InboundMessage?> ReadMessageAsync(BlobPath path, CancellationToken cancellationToken)
    {
        if (await blobs.ReadAsync(path, 0, null, cancellationToken) is not { } snapshot)
        {
            return null;
        }

        if (TryDeserialize(snapshot) is { } message
            && path.Value.StartsWith(InboxItem.PrefixOf(message.SessionKey.Hash), StringComparison.Ordinal))
        {
            return message;
        }

        await SetAsideAsync(path, snapshot.ETag, snapshot.Content, cancellationToken);
        return null;
    }

    /// <returns>The side entry's line; null when it is no longer pending.</returns>
    public async Task<ReadOnlyMemory<byte>?> ReadSideEntryAsync(InboxItem item, CancellationToken cancellationToken) =>
        (await blobs.ReadAsync(item.Path, 0, null, cancellationToken))?.Content;

    /// <summary>
    /// Takes a pending blob out of the inbox that cannot be read: first the copy, then the original by its ETag. A crash between the two
    /// leaves both, and whoever meets it next does the same again.
    /// </summary>
    public async Task SetAsideAsync(BlobPath path, BlobETag ifMatch, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var aside = InboxItem.SetAside(path);
        await blobs.CreateAsync(aside, content, cancellationToken);
        await RemoveAsync(path, ifMatch, cancellationToken);
        LogSetAside(log, path.Value, aside.Value, content.Length);
    }

    /// <summary>Takes a pending blob away, by its ETag; one that is gone already is fine.</summary>
    public Task RemoveAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken) =>
        blobs.DeleteAsync(path, ifMatch, cancellationToken);

    private async Task<AcceptOutcome> RepeatAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var delivery = message.DeliveryId;
        var snapshot = await blobs.ReadAsync(RecordPath(delivery), 0, null, cancellationToken)
            ?? throw new StorageUnavailableException("The delivery record was refused and is not there.");
        var first = TryDeserialize(snapshot) ?? throw new InvalidDataException("The delivery record is no message.");
        if (first.SessionKey != message.SessionKey || first.Text != message.Text)
        {
            return new AcceptOutcome.Conflicting(delivery.Turn);
        }

        if (await isFinished(delivery.Turn, cancellationToken))
        {
            return new AcceptOutcome.Repeated(delivery.Turn, IsFinished: true);
        }

        // What makes it pending, if it is not, is this try: messages that were taken meanwhile may stand before it.
        await MakePendingAsync(first with { ReceivedAt = message.ReceivedAt }, cancellationToken);
        return new AcceptOutcome.Repeated(delivery.Turn, IsFinished: false);
    }

    private Task<BlobWriteOutcome> MakePendingAsync(InboundMessage message, CancellationToken cancellationToken) => blobs.CreateAsync(
        InboxItem.PathOf(message.SessionKey.Hash, message.AcceptedAt, InboxKind.Message, message.DeliveryId.Hash), Serialize(message),
        cancellationToken);

    private async IAsyncEnumerable<InboxItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in blobs.ListAsync(prefix, cancellationToken))
        {
            if (InboxItem.Parse(row) is { } item)
            {
                yield return item;
            }
        }
    }

    /// <returns>Null when it is no message.</returns>
    private static InboundMessage? TryDeserialize(BlobSnapshot snapshot)
    {
        try
        {
            return JsonSerializer.Deserialize(snapshot.Content.Span, InboxJson.Default.InboundMessage);
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            return null; // The latter for a target that names no channel.
        }
    }

    private static byte[] Serialize(InboundMessage message) =>
        JsonSerializer.SerializeToUtf8Bytes(message, InboxJson.Default.InboundMessage);

    private static BlobPath RecordPath(DeliveryId delivery) => BlobPath.Parse($"deliveries/{delivery.Hash}.json");

    [LoggerMessage(EventId = 1240, Level = LogLevel.Error, Message = "{Path} cannot be read ({Bytes} bytes); it is set aside as {Aside}")]
    private static partial void LogSetAside(ILogger logger, string path, string aside, int bytes);
}
