using Holdfast.Bench.Fixtures;

namespace Holdfast.Bench;

/// <summary>How a measured figure stands to its bound.</summary>
internal enum Standing
{
    Met,
    Missed,

    /// <summary>Beyond a bound that holds on an idle machine with 2 cores only, and this one was not.</summary>
    Noted,
}

/// <summary>One figure and what it must be. A row may have several.</summary>
internal sealed record BenchFigure(string Measured, string Bound, Standing Standing)
{
    /// <summary>A ratio against a baseline of the same run, or a count: holds on every machine.</summary>
    public static BenchFigure Of(string measured, string bound, bool isMet) => new(measured, bound, isMet ? Standing.Met : Standing.Missed);

    /// <summary>A time: holds where <see cref="Machine.HoldsTimes"/>.</summary>
    public static BenchFigure OfTime(string measured, string bound, bool isMet, Machine machine) =>
        new(measured, bound, isMet ? Standing.Met : machine.HoldsTimes ? Standing.Missed : Standing.Noted);
}

/// <summary>One row of the table.</summary>
/// <param name="Number">1-based, in the table's order.</param>
/// <param name="Figures">What was measured; none when the measurement broke.</param>
/// <param name="Engine">Which part of the figure is the durable engine's.</param>
/// <param name="Parts">Raw figures behind it, a line each.</param>
internal sealed record BenchRow(int Number, string What, IReadOnlyList<BenchFigure> Figures, string Engine, IReadOnlyList<string> Parts)
{
    /// <summary>Why a bound is missed, where one is: said of what was measured, not of what was hoped.</summary>
    public string? Reason { get; init; }

    public Standing Standing => Figures.Count == 0 || Figures.Any(figure => figure.Standing == Standing.Missed) ? Standing.Missed
        : Figures.Any(figure => figure.Standing == Standing.Noted) ? Standing.Noted : Standing.Met;
}
