using System.Globalization;
using System.Text.Json;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Tools;

/// <summary>A tool call's record and the version it was read or written at.</summary>
public sealed record ToolRecordEntry(ToolRecord Record, BlobETag ETag);

/// <summary>
/// Records of tool calls: created with the call's id before the tool begins (If-None-Match: *), changed by If-Match only. So a tool
/// with side effects is not run twice without anybody knowing: docs/decisions/0008-tool-results-wait-in-blobs.md.
/// </summary>
public sealed class ToolRecordStore(IBlobContainer blobs)
{
    /// <returns>The record that stands, and whether this execution made it, by this call or by one whose answer was lost.</returns>
    public async Task<(ToolRecordEntry Entry, bool IsNew)> BeginAsync(ToolRecord record, CancellationToken cancellationToken)
    {
        if (await blobs.CreateAsync(PathOf(record), Serialize(record), cancellationToken) is BlobWriteOutcome.Written written)
        {
            return (new ToolRecordEntry(record, written.ETag), true);
        }

        return await FindAsync(record.RunId, record.Step, record.CallId, cancellationToken) is { } standing
            ? (standing, standing.Record.Nonce is { } nonce && nonce == record.Nonce)
            : throw new StorageUnavailableException("The tool record was refused and is not there.");
    }

    /// <returns>False when another execution changed the record since: its word stands.</returns>
    public async Task<bool> TryReplaceAsync(ToolRecordEntry entry, ToolRecord next, CancellationToken cancellationToken) =>
        await blobs.ReplaceAsync(PathOf(next), Serialize(next), entry.ETag, cancellationToken) is BlobWriteOutcome.Written;

    /// <returns>Null when the call was never begun.</returns>
    public async Task<ToolRecordEntry?> FindAsync(RunId run, int step, string callId, CancellationToken cancellationToken) =>
        await blobs.ReadAsync(PathOf(run, step, callId), 0, null, cancellationToken) is { } snapshot
            ? new ToolRecordEntry(
                JsonSerializer.Deserialize(snapshot.Content.Span, ToolJson.Default.ToolRecord)
                    ?? throw new InvalidDataException("The tool record is empty."),
                snapshot.ETag)
            : null;

    private static byte[] Serialize(ToolRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ToolJson.Default.ToolRecord);

    private static BlobPath PathOf(ToolRecord record) => PathOf(record.RunId, record.Step, record.CallId);

    private static BlobPath PathOf(RunId run, int step, string callId) =>
        BlobPath.Parse($"toolcalls/{run.Turn.Value}/{StableHash.Of(run.Value, step.ToString(CultureInfo.InvariantCulture), callId)}.json");
}
