using System.Collections.Immutable;
using Holdfast.Sessions;

namespace Holdfast.Delivery;

/// <summary>How a turn ended. Every accepted message reaches exactly one of these (I3, I4). Numbers are pinned.</summary>
public enum TurnEnding
{
    /// <summary>The answer was delivered.</summary>
    Replied = 1,

    /// <summary>A notice that names the failure was delivered.</summary>
    Failed = 2,

    /// <summary>The answer was delivered, marked as written beside the main line.</summary>
    Superseded = 3,

    /// <summary>The platform refused the delivery for good; the text stands in the outbox.</summary>
    Undeliverable = 4,

    /// <summary>An operator ended the turn; a notice was delivered.</summary>
    Terminated = 5,
}

/// <summary>Proof that a turn finished: outlives its transcript, so that finished work never runs again (I10).</summary>
/// <param name="RunId">The run that ended it.</param>
/// <param name="DeliveredAs">The platform's own ids of what was posted; empty for <c>stored</c> replies.</param>
public sealed record Receipt(
    RunId RunId,
    SessionKey SessionKey,
    SessionId SessionId,
    TurnEnding Ending,
    string Channel,
    ImmutableArray<string> DeliveredAs,
    TurnTally Tally)
{
    public TurnId TurnId => RunId.Turn;

    public required DateTimeOffset AcceptedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }
}

/// <summary>What a turn took, in counts.</summary>
/// <param name="Verdicts">How often the fence gave each verdict; a turn without a refused write has none.</param>
public sealed record TurnTally(int Claims, int Deltas, long Characters, int ToolCalls, ImmutableSortedDictionary<string, int> Verdicts)
{
    public static TurnTally Zero { get; } = new(0, 0, 0, 0, ImmutableSortedDictionary<string, int>.Empty);

    public static TurnTally operator +(TurnTally left, TurnTally right) => Add(left, right);

    public static TurnTally Add(TurnTally left, TurnTally right)
    {
        var verdicts = left.Verdicts.ToBuilder();
        foreach (var (kind, count) in right.Verdicts)
        {
            verdicts[kind] = verdicts.GetValueOrDefault(kind) + count;
        }

        return new TurnTally(
            left.Claims + right.Claims,
            left.Deltas + right.Deltas,
            left.Characters + right.Characters,
            left.ToolCalls + right.ToolCalls,
            verdicts.ToImmutable());
    }
}
