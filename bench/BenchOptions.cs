using System.Globalization;

namespace Holdfast.Bench;

/// <summary>What the command line asks for.</summary>
/// <param name="IsQuick">Fewer repetitions; the figures are rougher.</param>
/// <param name="Rows">The rows to measure; empty for all.</param>
internal sealed record BenchOptions(bool IsQuick, IReadOnlySet<int> Rows)
{
    public const string Usage = "Holdfast.Bench [--quick] [--row N]...";

    public bool Includes(params int[] rows) => Rows.Count == 0 || rows.Any(Rows.Contains);

    /// <returns>Null when the arguments make no sense.</returns>
    public static BenchOptions? Parse(string[] arguments)
    {
        var isQuick = false;
        var rows = new HashSet<int>();
        for (var index = 0; index < arguments.Length; index++)
        {
            switch (arguments[index])
            {
                case "--quick":
                    isQuick = true;
                    break;
                case "--row" when index + 1 < arguments.Length

                        && int.TryParse(arguments[++index], NumberStyles.None, CultureInfo.InvariantCulture, out var row)
                        && row is >= 1 and <= 11:
                    rows.Add(row);
                    break;
                default:
                    return null;
            }
        }

        return new BenchOptions(isQuick, rows);
    }
}
