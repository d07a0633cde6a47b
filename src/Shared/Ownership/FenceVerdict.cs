using System.Collections.Immutable;
using Holdfast.Transcripts;

namespace Holdfast.Ownership;

/// <summary>What made the judge call a change a takeover. Numbers are pinned: the reason is persisted.</summary>
public enum TakeoverReason
{
    /// <summary>The metadata names another run.</summary>
    OtherRunClaimed = 1,

    /// <summary>The metadata names another session.</summary>
    OtherSession = 2,

    /// <summary>Another run wrote what a prompt is made of.</summary>
    ForeignContent = 3,

    /// <summary>The segment is shorter than it was, or its epoch went back: it was replaced.</summary>
    Replaced = 4,

    /// <summary>The segment is gone, or its metadata or lines cannot be read.</summary>
    Unreadable = 5,
}

/// <summary>The judge's answer to a refused write.</summary>
public abstract record FenceVerdict
{
    private FenceVerdict()
    {
    }

    /// <summary>In words for a person: who wrote what, and why this verdict.</summary>
    public required string Explanation { get; init; }

    /// <summary>The word that stands in transcripts, tallies and logs.</summary>
    public string Kind => this switch
    {
        Clean => "clean",
        Own => "own",
        Benign => "benign",
        Superseded => "superseded",
        Takeover => "takeover",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Nothing was written and the epoch is ours: the lease lapsed or metadata was touched. Go on.</summary>
    public sealed record Clean : FenceVerdict;

    /// <summary>
    /// All that was written is this run's. <paramref name="Standing"/> are those of the refused entries that stand already.
    /// </summary>
    public sealed record Own(ImmutableHashSet<EntryId> Standing) : FenceVerdict;

    /// <summary>What others wrote does not change what the model was asked. Go on after it.</summary>
    public sealed record Benign : FenceVerdict;

    /// <summary>The same run owns the session with a higher epoch: we are the zombie.</summary>
    public sealed record Superseded(int ByAttempt) : FenceVerdict;

    /// <summary>Somebody else owns the session.</summary>
    public sealed record Takeover(TakeoverReason Reason) : FenceVerdict;
}
