namespace Holdfast.Audit;

/// <summary>One thing that an audit found, and where.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Segment">The segment's number.</param>
/// <param name="Line">1-based within the segment, the header included; 0 for a finding about the segment as a whole.</param>
/// <param name="Position">The line's first byte within the segment.</param>
/// <param name="EntryId">Null where no entry is meant.</param>
/// <param name="Sentence">For people: what is wrong, with the ids that it takes to look it up. Never a message's text.</param>
public sealed record AuditFinding(FindingKind Kind, int Segment, int Line, long Position, string? EntryId, string Sentence)
{
    /// <summary>False for a note: in order, or not known to be wrong, as a transcript is that a run still writes.</summary>
    public bool IsFault { get; init; } = true;

    /// <summary>The promise of docs/invariants.md that a fault of this kind breaks.</summary>
    public string Promise => Kind switch
    {
        FindingKind.EpochWentBack or FindingKind.WroteAfterForeign or FindingKind.ForeignSession => "I2",
        FindingKind.DoubledEntry or FindingKind.MissingMessage => "I3",
        FindingKind.NoReason => "I4",
        FindingKind.OrphanedText or FindingKind.AlteredText => "I5",
        FindingKind.UnreadableLine or FindingKind.WrongHeader or FindingKind.BrokenSegments or FindingKind.WrongParent => "I6",
        FindingKind.SharedEpoch or FindingKind.MessageOutOfOrder => "I7",
        FindingKind.NotTheOwner or FindingKind.SequenceWentBack or FindingKind.UnnamedAuthor => "I8",
        FindingKind.UnpairedCall or FindingKind.OrphanedResult or FindingKind.DoubledResult => "I9",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal static AuditFinding At(FindingKind kind, AuditedLine line, string sentence) =>
        new(kind, line.Segment, line.Number, line.Position, line.Entry.Id.Value, sentence);

    internal static AuditFinding OfHeader(FindingKind kind, int segment, string sentence) => new(kind, segment, 1, 0, null, sentence);

    internal static AuditFinding OfSegment(FindingKind kind, int segment, string sentence) => new(kind, segment, 0, 0, null, sentence);
}
