namespace Holdfast.Tests.Faults.Proof;

/// <summary>What a ledger can find. The names stand in its last line.</summary>
public enum FaultKind
{
    /// <summary>An accepted message that does not stand in its transcript, or that nothing knows any more.</summary>
    Lost = 1,

    /// <summary>A message, a reply or a turn that is there twice.</summary>
    Doubled = 2,

    /// <summary>A turn without an outcome, or one that nobody was told of.</summary>
    Silent = 3,

    /// <summary>A transcript that does not begin with what it was before.</summary>
    BrokenPrefix = 4,

    /// <summary>Two turns of one session at the same time.</summary>
    Overlap = 5,

    /// <summary>A message that came after one that was accepted before it was sent.</summary>
    OutOfOrder = 6,

    /// <summary>A delivered text that no model gave, or that differs from the transcript's.</summary>
    WrongText = 7,

    /// <summary>A notice without a reason that the run gave.</summary>
    Unfounded = 8,

    /// <summary>A transcript that is not what its format and its writers' order demand.</summary>
    BadTranscript = 9,

    /// <summary>A message that its sender could not get rid of.</summary>
    NotTaken = 10,

    /// <summary>A reply to nothing that was sent.</summary>
    Unasked = 11,

    /// <summary>What people or models said, in a log.</summary>
    Leaked = 12,

    /// <summary>A process that ended by itself.</summary>
    Died = 13,
}

/// <summary>One promise that was not kept.</summary>
/// <param name="Subject">The turn, session or process.</param>
public sealed record LedgerFault(FaultKind Kind, string Subject, string Sentence)
{
    public override string ToString() => $"{Kind} {Subject}: {Sentence}";
}
