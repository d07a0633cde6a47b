using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Inbox;

/// <summary>
/// Moves pending side entries into the transcript, at the owner's boundaries. An entry's id comes from its delivery, so one that is
/// moved twice stands once; it leaves the inbox only after it stands.
/// </summary>
public sealed class PendingEntryFlusher(InboxStore inbox)
{
    /// <summary>They go into one append with others; what is above this waits for the next boundary.</summary>
    private const long MaxBytesAtOnce = 1024 * 1024;

    /// <summary>An entry that nobody signed is a side entry all the same: never the turn's own.</summary>
    private static readonly Provenance Unnamed = new("side", 0, 0, 0, EntrySource.Side);

    /// <returns>The session's pending side entries, ready to append, and their inbox items.</returns>
    public async Task<PendingSideEntries> CollectAsync(SessionKey key, CancellationToken cancellationToken)
    {
        var entries = new List<TranscriptEntry>();
        var seen = new HashSet<string>();
        var items = new List<InboxItem>();
        var bytes = 0L;
        await foreach (var item in inbox.ListAsync(key, cancellationToken))
        {
            if (item.Kind == InboxKind.Side && await inbox.ReadSideEntryAsync(item, cancellationToken) is { } line)
            {
                var parsed = TranscriptLineParser.Parse(line);
                if (parsed is not { UnreadableLines: 0, Entries: [_] })
                {
                    // It would stay pending for ever.
                    await inbox.SetAsideAsync(item.Path, item.ETag, line, cancellationToken);
                    continue;
                }

                // A second item of one delivery, which a writer left that did not know of his first, is taken away with it.
                if (seen.Add(item.DeliveryHash))
                {
                    entries.AddRange(parsed.Entries.Select(entry => entry with
                    {
                        Id = EntryId.OfDelivery(item.DeliveryHash),
                        Provenance = entry.Provenance ?? Unnamed,
                    }));
                }

                items.Add(item);
                bytes += line.Length;
            }

            if (bytes >= MaxBytesAtOnce)
            {
                break;
            }
        }

        return new PendingSideEntries(entries, items);
    }

    /// <summary>Takes away what stands in the transcript.</summary>
    public async Task RemoveAsync(PendingSideEntries appended, CancellationToken cancellationToken)
    {
        foreach (var item in appended.Items)
        {
            await inbox.RemoveAsync(item.Path, item.ETag, cancellationToken);
        }
    }

    /// <summary>Collects, appends and takes away in one go.</summary>
    public async Task DrainAsync(SessionKey key, FencedTranscript transcript, CancellationToken cancellationToken)
    {
        var pending = await CollectAsync(key, cancellationToken);
        if (pending.Items.Count > 0 && await transcript.AppendAsync(pending.Entries, cancellationToken) is FencedOutcome.Appended)
        {
            await RemoveAsync(pending, cancellationToken);
        }
    }
}

/// <summary>Side entries on their way into the transcript.</summary>
public sealed record PendingSideEntries(IReadOnlyList<TranscriptEntry> Entries, IReadOnlyList<InboxItem> Items)
{
    public static PendingSideEntries None { get; } = new([], []);
}
