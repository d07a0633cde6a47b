using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Ownership;

/// <summary>
/// What a writer believes of the segment it writes: where it stands, under which claim, and all that it has read or written.
/// </summary>
internal sealed class WriterState
{
    private long _sequence;

    /// <param name="claim">The run's claim as it stands in the segment's metadata.</param>
    /// <param name="etag">The segment's version with that claim.</param>
    /// <param name="view">What stood in the segment at that version.</param>
    public WriterState(RunId run, OwnershipMetadata claim, BlobETag etag, TranscriptView view)
    {
        Claim = claim;
        (Run, ETag, Length) = (run, etag, view.Length);
        (Blocks, IsSealed) = (view.Blocks, view.IsSealed);
        Conversation = view.Conversation;
        _sequence = LastSequence(Conversation, run, claim.Epoch);
    }

    public RunId Run { get; }

    public OwnershipMetadata Claim { get; private set; }

    public WriterIdentity Identity => new(Run, Claim.SessionId, Claim.Segment, Claim.Attempt, Claim.Epoch);

    /// <summary>The segment's version that is believed in, and its length with it: what the next write is conditional on.</summary>
    public BlobETag ETag { get; private set; }

    public long Length { get; private set; }

    public Conversation Conversation { get; private set; }

    /// <summary>Appends that the segment has taken.</summary>
    public int Blocks { get; private set; }

    public bool IsSealed { get; private set; }

    public BlobPath Path => TranscriptPaths.Segment(Claim.SessionId, Claim.Segment);

    /// <summary>The entry under this writer's provenance, unless it has one.</summary>
    public TranscriptEntry Stamp(TranscriptEntry entry) => entry.Provenance is not null
        ? entry
        : entry with { Provenance = new Provenance(Run.Value, Claim.Attempt, Claim.Epoch, ++_sequence, EntrySource.Turn) };

    /// <summary>An append stands.</summary>
    public void Appended(BlobWriteOutcome.Written written, TranscriptLines lines)
    {
        Blocks = written.Blocks;
        Advance(written.ETag, written.Length, lines);
    }

    /// <summary>A write of metadata or a seal stands: another version of the same bytes.</summary>
    public void Touched(BlobETag etag) => ETag = etag;

    /// <summary>The seal stands.</summary>
    public void Sealed() => IsSealed = true;

    /// <summary>A new claim of the same run stands. What else stands by now is still to be judged, by its owner.</summary>
    public void Become(OwnershipMetadata claim)
    {
        Claim = claim;
        _sequence = 0;
    }

    /// <summary>What stands behind the position is taken for good.</summary>
    public void Adopt(TailRead tail)
    {
        (Blocks, IsSealed) = (tail.Blocks, tail.IsSealed);
        Advance(tail.ETag, tail.Length, tail.Lines);
    }

    /// <summary>Goes on in the next segment, under the same claim.</summary>
    /// <param name="etag">Of the segment while it is empty.</param>
    public void EnterNext(BlobETag etag)
    {
        Claim = Claim with { Segment = Claim.Segment + 1 };
        (ETag, Length, Blocks, IsSealed) = (etag, 0, 0, false);
    }

    private void Advance(BlobETag etag, long length, TranscriptLines lines)
    {
        (ETag, Length) = (etag, length);
        Conversation = Conversation.Apply(lines);
    }

    /// <summary>Whoever goes on under a claim counts on where its writer stopped; a new claim has written nothing.</summary>
    private static long LastSequence(Conversation conversation, RunId run, long epoch)
    {
        var newest = conversation.Entries.FindLast(entry => entry.Provenance?.Source == EntrySource.Turn);
        return newest?.Provenance is { } provenance && provenance.RunId == run.Value && provenance.Epoch == epoch ? provenance.Seq : 0;
    }
}
