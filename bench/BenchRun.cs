using System.Globalization;
using Holdfast.Bench.Rows;
using Holdfast.Bench.Stage;
using Spectre.Console;

namespace Holdfast.Bench;

/// <summary>Measures the rows that were asked for and prints them.</summary>
internal static class BenchRun
{
    private const int TableWidth = 150;

    /// <returns>0 also when a bound is missed: the table says so.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (BenchOptions.Parse(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync("Usage: " + BenchOptions.Usage);
            return 2;
        }

        var started = TimeProvider.System.GetTimestamp();
        await using var stage = await BenchStage.SetUpAsync();
        var rows = new List<BenchRow>();
        foreach (var (numbers, measure) in Measurements)
        {
            if (options.Includes(numbers))
            {
                await Console.Error.WriteLineAsync($"row {string.Join(", ", numbers)} …");
                rows.AddRange(await MeasureAsync(numbers, measure, stage, options));
            }
        }

        Print(rows, TimeProvider.System.GetElapsedTime(started));
        return 0;
    }

    /// <summary>A row that breaks is a bound that was not met; the others are measured all the same.</summary>
    private static async Task<IReadOnlyList<BenchRow>> MeasureAsync(
        int[] numbers, Func<BenchStage, BenchOptions, Task<IReadOnlyList<BenchRow>>> measure, BenchStage stage, BenchOptions options)
    {
        try
        {
            return await measure(stage, options);
        }
        catch (Exception fault)
        {
            return [.. numbers.Select(number => new BenchRow(number, "not measured", "", fault.Message, false, [fault.ToString()]))];
        }
    }

    private static readonly (int[] Numbers, Func<BenchStage, BenchOptions, Task<IReadOnlyList<BenchRow>>> Measure)[] Measurements =
    [
        ([1, 2], WarmTurnRows.MeasureAsync),
        ([3], StorageCallsRow.MeasureAsync),
        ([4], StreamCpuRow.MeasureAsync),
        ([5], CrowdRow.MeasureAsync),
        ([6], LongSessionRow.MeasureAsync),
        ([7], FenceRow.MeasureAsync),
        ([9], StartRow.MeasureAsync),
    ];

    private static void Print(List<BenchRow> rows, TimeSpan took)
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, TableWidth);
        var table = new Table().Border(TableBorder.Ascii2).AddColumns("#", "what", "bound", "measured", "");
        foreach (var row in rows)
        {
            table.AddRow(
                row.Number.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(row.What),
                Markup.Escape(row.Bound),
                Markup.Escape(row.Measured),
                row.IsMet ? "[green]pass[/]" : "[red bold]MISS[/]");
        }

        AnsiConsole.Write(table);
        foreach (var row in rows)
        {
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Number}. {row.What}"));
            foreach (var part in row.Parts)
            {
                AnsiConsole.WriteLine("   " + part);
            }
        }

        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{rows.Count(row => row.IsMet)} of {rows.Count} bounds met, {Environment.ProcessorCount} cores, {took.TotalSeconds:0} s. Times in ms."));
    }
}
