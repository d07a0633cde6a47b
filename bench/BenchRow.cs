namespace Holdfast.Bench;

/// <summary>One row of the table.</summary>
/// <param name="Number">1-based, in the table's order.</param>
/// <param name="Parts">Raw figures behind it, a line each.</param>
internal sealed record BenchRow(int Number, string What, string Bound, string Measured, bool IsMet, IReadOnlyList<string> Parts);
