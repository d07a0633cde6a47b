using System.Text.Json;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Delivery;

/// <summary>Receipts: created once (If-None-Match: *), never changed.</summary>
public sealed class ReceiptStore(IBlobContainer blobs)
{
    /// <returns>The receipt that stands: this one, or the one an earlier execution left.</returns>
    public async Task<Receipt> CreateAsync(Receipt receipt, CancellationToken cancellationToken)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(receipt, OutboxJson.Default.Receipt);
        return await blobs.CreateAsync(PathOf(receipt.TurnId), content, cancellationToken) is BlobWriteOutcome.Written
            ? receipt
            : await FindAsync(receipt.TurnId, cancellationToken)
                ?? throw new StorageUnavailableException("The receipt was refused and is not there.");
    }

    /// <returns>Null while the turn has not finished.</returns>
    public async Task<Receipt?> FindAsync(TurnId turn, CancellationToken cancellationToken) =>
        await blobs.ReadAsync(PathOf(turn), 0, null, cancellationToken) is { } snapshot
            ? JsonSerializer.Deserialize(snapshot.Content.Span, OutboxJson.Default.Receipt)
            : null;

    /// <returns>True once the turn has finished. That it stands is the proof; what it says is not looked at.</returns>
    public async Task<bool> ExistsAsync(TurnId turn, CancellationToken cancellationToken) =>
        await blobs.ReadAsync(PathOf(turn), 0, maxBytes: 0, cancellationToken) is not null;

    private static BlobPath PathOf(TurnId turn) => BlobPath.Parse($"receipts/{turn.Value}.json");
}
