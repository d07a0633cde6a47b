using Holdfast.Storage;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Explorer.Checks;

/// <summary>Watches every change of a transcript as it happens. It holds no state of the protocol: all is read from the blobs.</summary>
internal sealed class Witness
{
    public List<StepNote> Steps { get; } = [];

    /// <summary>Every claim that ever stood, in order.</summary>
    public List<OwnershipMetadata> Claims { get; } = [];

    /// <summary>How many of them stood before anybody began.</summary>
    public int ClaimsBefore { get; set; }

    /// <summary>The claim that each sealed segment ended with.</summary>
    private readonly Dictionary<int, OwnershipMetadata> _ended = [];

    /// <param name="wasChecked">The change was looked at before, in another run of the same schedule.</param>
    /// <returns>The promise that a change broke; null when it is fine.</returns>
    public string? See(BlobTrack track, Actor? by, bool wasChecked)
    {
        if (!track.Path.Value.StartsWith("sessions/", StringComparison.Ordinal))
        {
            return null;
        }

        if (track.Now is not { } now)
        {
            return "I6: a segment is gone";
        }

        var known = track.Before?.Content ?? ReadOnlyMemory<byte>.Empty;
        if (!wasChecked && !now.Content.Span.StartsWith(known.Span))
        {
            return "I6: what stood in the transcript is not its beginning any more";
        }

        if (OwnershipMetadata.FromMetadata(now.Metadata) is not { } claim)
        {
            return "I8: the transcript names no owner";
        }

        return SeeSegment(track, now, claim) ?? SeeClaim(claim) ?? (wasChecked ? null : SeeEntries(claim, now.Content[known.Length..], by));
    }

    /// <summary>A sealed segment never changes again, and the next one begins after the seal and with the same claim.</summary>
    private string? SeeSegment(BlobTrack track, BlobSnapshot now, OwnershipMetadata claim)
    {
        if (track.Before is { IsSealed: true })
        {
            return $"I6: segment {claim.Segment} changed after it was sealed";
        }

        if (now.IsSealed)
        {
            _ended[claim.Segment] = claim;
        }

        if (track.Before is not null || claim.Segment == 0)
        {
            return null;
        }

        return _ended.GetValueOrDefault(claim.Segment - 1) switch
        {
            null => $"I6: segment {claim.Segment} began before the one before it was sealed",
            var before when before with { Segment = claim.Segment } != claim =>
                $"I8: segment {claim.Segment} does not begin with the claim of the one before it",
            _ => null,
        };
    }

    private string? SeeClaim(OwnershipMetadata claim)
    {
        if (claim.RunId.Length == 0 || (Claims.Count > 0 && Claims[^1] with { Segment = claim.Segment } == claim))
        {
            return null;
        }

        var before = Claims.FindLast(earlier => earlier.SessionId == claim.SessionId)?.Epoch ?? 0;
        Claims.Add(claim);
        return claim.Epoch > before ? null : $"I8: a claim with epoch {claim.Epoch} came after epoch {before}";
    }

    private static string? SeeEntries(OwnershipMetadata claim, ReadOnlyMemory<byte> appended, Actor? by)
    {
        foreach (var entry in TranscriptLineParser.Parse(appended).Entries)
        {
            if (entry.Provenance is { Source: EntrySource.Turn, Epoch: > 0 } provenance
                && (provenance.Epoch != claim.Epoch || provenance.RunId != claim.RunId))
            {
                return $"I8: {by?.Name} appended {entry.GetType().Name} with epoch {provenance.Epoch} while epoch {claim.Epoch} owns the "
                    + $"session";
            }
        }

        return null;
    }
}
