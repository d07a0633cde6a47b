namespace Holdfast.Audit;

/// <summary>What an audit can find. The camel-cased name stands in <c>holdfast audit --json</c>; numbers are pinned.</summary>
public enum FindingKind
{
    /// <summary>A line is cut off, or is no entry.</summary>
    UnreadableLine = 1,

    /// <summary>A segment does not begin with its header of version 3, or holds a second one.</summary>
    WrongHeader = 2,

    /// <summary>A header or a segment's metadata names another session.</summary>
    ForeignSession = 3,

    /// <summary>A segment is missing, or does not continue the one before it.</summary>
    BrokenSegments = 4,

    /// <summary>An entry's id stands twice.</summary>
    DoubledEntry = 5,

    /// <summary>An entry does not follow the one before it.</summary>
    WrongParent = 6,

    /// <summary>A writer wrote after a newer claim had written.</summary>
    EpochWentBack = 7,

    /// <summary>One epoch has two writers.</summary>
    SharedEpoch = 8,

    /// <summary>A line's author cannot have had the claim.</summary>
    NotTheOwner = 9,

    /// <summary>A run went on under its old claim behind what somebody else had written.</summary>
    WroteAfterForeign = 10,

    /// <summary>A writer's sequence number does not grow.</summary>
    SequenceWentBack = 11,

    /// <summary>Streamed text came to no end: no answer, no mark, not detached.</summary>
    OrphanedText = 12,

    /// <summary>Streamed text is not the beginning of what was then answered, or stands behind the end of its stream.</summary>
    AlteredText = 13,

    /// <summary>A tool call has no result, though its run went on or ended.</summary>
    UnpairedCall = 14,

    /// <summary>A tool result has no call before it.</summary>
    OrphanedResult = 15,

    /// <summary>A tool call has more than one result.</summary>
    DoubledResult = 16,

    /// <summary>A run's work stands without the message that it answers.</summary>
    MissingMessage = 17,

    /// <summary>A message stands behind a later one.</summary>
    MessageOutOfOrder = 18,

    /// <summary>A failure or a verdict is recorded without a reason.</summary>
    NoReason = 19,

    /// <summary>An entry names no author. Only ever a note: other programs may write, and the fence judges them.</summary>
    UnnamedAuthor = 20,
}
