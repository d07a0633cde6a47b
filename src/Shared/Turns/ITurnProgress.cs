namespace Holdfast.Turns;

/// <summary>How far a turn is, for people who look.</summary>
public sealed record TurnProgress(string RunId, string Phase, int Attempt, long Characters, string? Verdict);

/// <summary>Takes progress reports of a running step. Losing one loses nothing.</summary>
public interface ITurnProgress
{
    /// <summary>Reports at most every few seconds; faults are the implementation's to swallow and log.</summary>
    Task ReportAsync(TurnReference turn, TurnProgress progress, CancellationToken cancellationToken);
}
