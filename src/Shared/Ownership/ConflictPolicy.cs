using System.Collections.Immutable;
using System.Globalization;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Ownership;

/// <summary>
/// Judges what stands in a transcript since a writer's position: by author first (run id, attempt, source), by content second, never
/// by model name, file time or size. Pure. Holds I1 and I2, see docs/invariants.md.
/// </summary>
public static class ConflictPolicy
{
    /// <param name="ours">The writer.</param>
    /// <param name="length">What the writer believed the segment's length to be.</param>
    /// <param name="pending">Ids of the entries whose append was refused or whose answer was lost.</param>
    /// <param name="gap">What is there; null when the segment is gone.</param>
    public static FenceVerdict Decide(WriterIdentity ours, long length, IReadOnlyCollection<EntryId> pending, TailRead? gap)
    {
        if (gap is null)
        {
            return Takeover(TakeoverReason.Unreadable, "the segment is gone");
        }

        if (gap.Length < length)
        {
            return Takeover(TakeoverReason.Replaced, Text($"the segment has {gap.Length} bytes, {length} were there before"));
        }

        return DecideClaim(ours, gap) ?? DecideEntries(ours, pending, gap);
    }

    /// <returns>Null when the claim is still the writer's.</returns>
    private static FenceVerdict? DecideClaim(WriterIdentity ours, TailRead gap)
    {
        if (gap.Claim is not { } claim)
        {
            return Takeover(TakeoverReason.Unreadable, "the segment's metadata names no owner");
        }

        if (claim.SessionId != ours.Session || claim.Segment != ours.Segment)
        {
            return Takeover(
                TakeoverReason.OtherSession, Text($"the segment belongs to session {claim.SessionId}, segment {claim.Segment}"));
        }

        if (claim.RunId != ours.Run.Value)
        {
            return Takeover(
                TakeoverReason.OtherRunClaimed,
                Text($"run {claim.RunId} claimed the session with epoch {claim.Epoch}; ours is {ours.Epoch}"));
        }

        // By epoch, not by attempt: a run that claims again after another one counts its attempts anew.
        if (claim.Epoch > ours.Epoch)
        {
            return new FenceVerdict.Superseded(claim.Attempt)
            {
                Explanation = Text($"run {claim.RunId} itself, attempt {claim.Attempt}, claimed with epoch {claim.Epoch};")
                    + Text($" ours is attempt {ours.Attempt}, epoch {ours.Epoch}"),
            };
        }

        return claim.Attempt == ours.Attempt && claim.Epoch == ours.Epoch
            ? null
            : Takeover(
                TakeoverReason.Replaced, Text($"the claim of run {claim.RunId} went back to attempt {claim.Attempt}, epoch {claim.Epoch}"));
    }

    /// <summary>
    /// What a run that comes back to a session finds: whether another run came between its work so far and this claim. Until it wrote
    /// something it has nothing to be taken from. Walks back from the end to the turn's message and no further.
    /// </summary>
    /// <param name="standing">The claim that stands, before this run's next one.</param>
    /// <returns>Null when nobody came between.</returns>
    public static FenceVerdict.Takeover? DecideReturn(RunId run, Conversation conversation, OwnershipMetadata standing)
    {
        var message = EntryId.OfMessage(run.Turn);
        if (conversation.Find(message) is null)
        {
            return null;
        }

        TranscriptEntry? foreign = null;
        for (var index = conversation.Entries.Count - 1; index >= 0; index--)
        {
            var entry = conversation.Entries[index];
            if (entry.Provenance?.RunId == run.Value && standing.RunId != run.Value)
            {
                return Takeover(
                    TakeoverReason.OtherRunClaimed,
                    Text($"run {standing.RunId} claimed the session with epoch {standing.Epoch} after {Author(entry)} wrote"));
            }

            if (entry.Provenance?.RunId == run.Value && foreign is not null)
            {
                return Foreign(foreign);
            }

            if (entry.Id == message)
            {
                return null;
            }

            foreign = entry.Provenance?.RunId == run.Value || IsBenign(entry) ? foreign : entry;
        }

        return null;
    }

    private static FenceVerdict DecideEntries(WriterIdentity ours, IReadOnlyCollection<EntryId> pending, TailRead gap)
    {
        if (gap.UnreadableLines > 0)
        {
            return Takeover(TakeoverReason.Unreadable, Text($"{gap.UnreadableLines} lines cannot be read"));
        }

        var standing = ImmutableHashSet<EntryId>.Empty;
        var own = 0;
        foreach (var entry in gap.Entries)
        {
            if (entry.Provenance?.RunId == ours.Run.Value)
            {
                own++;
                standing = pending.Contains(entry.Id) ? standing.Add(entry.Id) : standing;
            }
            else if (!IsBenign(entry))
            {
                return Foreign(entry);
            }
        }

        return (own, gap.Entries.Length) switch
        {
            (_, 0) => new FenceVerdict.Clean { Explanation = "nothing was written and the epoch is ours" },
            ( > 0, var all) =>
                new FenceVerdict.Own(standing) { Explanation = Text($"{own} of {all} entries are this run's own, the others benign") },
            (_, var all) => new FenceVerdict.Benign
            {
                Explanation = Text($"{all} entries of others that no prompt is made of, the last by {Author(gap.Entries[^1])}"),
            },
        };
    }

    /// <summary>True for what anybody may write without changing what the model was asked.</summary>
    internal static bool IsBenign(TranscriptEntry entry) => entry switch
    {
        { Provenance.Source: EntrySource.Mirror or EntrySource.Inject or EntrySource.Side or EntrySource.Control } => true,
        TranscriptEntry.AssistantMessage { IsStub: true } => true, // the late record of a failure of a run that ended
        TranscriptEntry.UserMessage or TranscriptEntry.AssistantMessage or TranscriptEntry.ToolResult => false,
        TranscriptEntry.CustomMessage or TranscriptEntry.Compaction => false,
        _ => true, // custom, label, session info, verdict, model and thinking level changes, streamed text that is not final
    };

    private static string Author(TranscriptEntry entry) =>
        entry.Provenance is { } provenance ? Text($"run {provenance.RunId}, attempt {provenance.Attempt}") : "an unnamed writer";

    private static FenceVerdict.Takeover Foreign(TranscriptEntry entry) => Takeover(
        TakeoverReason.ForeignContent,
        Text($"{Author(entry)} wrote {entry.GetType().Name} {entry.Id} at {entry.WrittenAt:O},")
        + " which changes what the model would be asked");

    private static FenceVerdict.Takeover Takeover(TakeoverReason reason, string explanation) => new(reason) { Explanation = explanation };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
