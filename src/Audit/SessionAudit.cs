using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Audit;

/// <summary>
/// Audits what stands in a container, while the app runs too: it only reads. The inbox is read before the transcripts, so that a turn
/// that ends meanwhile still counts as one that had not ended.
/// </summary>
public sealed class SessionAudit(IBlobContainer blobs)
{
    /// <summary>See <see cref="TranscriptAudit.OrderTolerance"/>.</summary>
    public TimeSpan OrderTolerance { get; init; } = TranscriptAudit.OrderTolerance;

    /// <summary>Every session, by id, one at a time.</summary>
    public IAsyncEnumerable<AuditReport> AuditAllAsync(CancellationToken cancellationToken) =>
        AuditBelowAsync("sessions/", cancellationToken);

    /// <returns>Null when there is no such session.</returns>
    public async Task<AuditReport?> AuditAsync(SessionId session, CancellationToken cancellationToken)
    {
        await foreach (var report in AuditBelowAsync($"sessions/{session.Value}/", cancellationToken))
        {
            return report;
        }

        return null;
    }

    /// <summary>All that is wrong anywhere, a sentence each.</summary>
    public async Task<IReadOnlyList<string>> FaultsAsync(CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        await foreach (var report in AuditAllAsync(cancellationToken))
        {
            faults.AddRange(
                report.Faults.Select(
                    fault =>
                        FormattableString.Invariant($"{fault.Promise}: {report.Session} {fault.Segment}:{fault.Line} {fault.Sentence}")));
        }

        return faults;
    }

    private async IAsyncEnumerable<AuditReport> AuditBelowAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pending = await PendingAsync(cancellationToken);
        var segments = new List<(SessionId Session, int Number, BlobPath Path)>();
        await foreach (var row in blobs.ListAsync(prefix, cancellationToken))
        {
            if (TranscriptPaths.Parse(row.Path) is { } name)
            {
                segments.Add((name.Session, name.Number, row.Path));
            }
        }

        foreach (var session in segments.GroupBy(segment => segment.Session))
        {
            var read = ImmutableArray.CreateBuilder<SegmentBytes>();
            foreach (var (_, number, path) in session.OrderBy(segment => segment.Number))
            {
                if (await blobs.ReadAsync(path, 0, null, cancellationToken) is { } snapshot)
                {
                    var stored = new SegmentProperties(OwnershipMetadata.FromMetadata(snapshot.Metadata), snapshot.IsSealed);
                    read.Add(new SegmentBytes(number, snapshot.Content, stored));
                }
            }

            yield return TranscriptAudit.Check(new SessionSegments(session.Key, read.ToImmutable(), pending), OrderTolerance);
        }
    }

    private async Task<ImmutableHashSet<string>> PendingAsync(CancellationToken cancellationToken)
    {
        var pending = ImmutableHashSet.CreateBuilder<string>();
        await foreach (var row in blobs.ListAsync(InboxItem.Root, cancellationToken))
        {
            if (InboxItem.Parse(row) is { } item)
            {
                pending.Add(item.DeliveryHash);
            }
        }

        return pending.ToImmutable();
    }
}
