using System.Collections.Concurrent;
using System.Text.Json;
using Holdfast.Storage;

namespace Holdfast.Sessions;

/// <summary>
/// Session key → current session. The record is created with If-None-Match and changed by If-Match only, so two creators agree on one
/// session id: the loser of the race reads the winner's.
/// </summary>
public sealed class SessionDirectory(IBlobContainer blobs, IdSource ids)
{
    /// <summary>Keys that are remembered, by their hash, some 150 bytes each; with one more all are asked for anew.</summary>
    private const int MaxEnsured = 10_000;

    private readonly ConcurrentDictionary<string, bool> _ensured = new(StringComparer.Ordinal);

    /// <summary>The key's session, created when this is the first message.</summary>
    /// <exception cref="InvalidDataException">The record is no JSON of ours.</exception>
    public async Task<SessionRecord> ResolveAsync(SessionKey key, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is { } found)
        {
            return found;
        }

        var minted = new SessionRecord(key, ids.NewSessionId(), LifecycleRevision: 1, ActiveSegment: 0);

        // Refused: another creator was first (or our own answer was lost). Either way the record that stands is the session.
        return await blobs.CreateAsync(PathOf(key.Hash), Serialize(minted), cancellationToken) is BlobWriteOutcome.Written
            ? minted
            : await FindAsync(key, cancellationToken)
                ?? throw new StorageUnavailableException("The session record was refused and is not there.");
    }

    /// <summary>Makes sure that the key has a session. Asked once for a key: a record is never taken away.</summary>
    /// <exception cref="InvalidDataException">The record is no JSON of ours.</exception>
    public async Task EnsureAsync(SessionKey key, CancellationToken cancellationToken)
    {
        if (_ensured.ContainsKey(key.Hash))
        {
            return;
        }

        await ResolveAsync(key, cancellationToken);
        if (_ensured.Count >= MaxEnsured)
        {
            _ensured.Clear();
        }

        _ensured[key.Hash] = true;
    }

    /// <returns>Null when nobody wrote to this key yet.</returns>
    /// <exception cref="InvalidDataException">The record is no JSON of ours.</exception>
    public Task<SessionRecord?> FindAsync(SessionKey key, CancellationToken cancellationToken) => FindAsync(key.Hash, cancellationToken);

    /// <inheritdoc cref="FindAsync(SessionKey, CancellationToken)"/>
    /// <param name="keyHash">See <see cref="SessionKey.Hash"/>.</param>
    public async Task<SessionRecord?> FindAsync(string keyHash, CancellationToken cancellationToken) =>
        (await ReadAsync(keyHash, cancellationToken))?.Record;

    /// <summary>
    /// Notes that a session has gone on in a later segment, by If-Match. A hint that saves its readers steps: the seals are the truth, so a
    /// record that somebody else changed meanwhile is left alone, and whoever finds a later segment next time tries again.
    /// </summary>
    /// <exception cref="InvalidDataException">The record is no JSON of ours.</exception>
    public async Task AdvanceAsync(SessionKey key, SessionId session, int segment, CancellationToken cancellationToken)
    {
        if (await ReadAsync(key.Hash, cancellationToken) is var (record, etag) && record.SessionId == session
            && record.ActiveSegment < segment)
        {
            await blobs.ReplaceAsync(PathOf(key.Hash), Serialize(record with { ActiveSegment = segment }), etag, cancellationToken);
        }
    }

    /// <summary>
    /// Gives the key its next session after <paramref name="ended"/> was closed by a reset. Whoever finds a closed session calls it: by
    /// If-Match and with an id that follows from the ended one, so that several who do agree, and a crash before it is made up for.
    /// </summary>
    /// <returns>The key's session now: the next one, or a later one.</returns>
    /// <exception cref="InvalidDataException">The record is gone, or no JSON of ours.</exception>
    public async Task<SessionRecord> MoveOnAsync(SessionKey key, SessionId ended, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (record, etag) = await ReadAsync(key.Hash, cancellationToken)
                ?? throw new InvalidDataException("The session's record is gone.");
            if (record.SessionId != ended)
            {
                return record;
            }

            var revision = record.LifecycleRevision + 1;
            var next = record with
            {
                SessionId = ended.After(revision),
                LifecycleRevision = revision,
                ActiveSegment = 0,
                Ended = new SessionPlace(ended, record.ActiveSegment),
            };
            if (await blobs.ReplaceAsync(PathOf(key.Hash), Serialize(next), etag, cancellationToken) is BlobWriteOutcome.Written)
            {
                return next;
            }

            // Somebody else changed the record, or our own answer was lost: it says which.
        }
    }

    private async Task<(SessionRecord Record, BlobETag ETag)?> ReadAsync(string keyHash, CancellationToken cancellationToken)
    {
        if (await blobs.ReadAsync(PathOf(keyHash), 0, null, cancellationToken) is not { } snapshot)
        {
            return null;
        }

        try
        {
            var record = JsonSerializer.Deserialize(snapshot.Content.Span, SessionJson.Default.SessionRecord);
            return (record ?? throw new InvalidDataException("The session record is empty."), snapshot.ETag);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException("The session record cannot be read.", fault);
        }
    }

    private static byte[] Serialize(SessionRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, SessionJson.Default.SessionRecord);

    private static BlobPath PathOf(string keyHash) => BlobPath.Parse($"keys/{keyHash}.json");
}
