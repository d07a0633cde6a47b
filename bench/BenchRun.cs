using System.Globalization;
using Holdfast.Bench.Rows;
using Holdfast.Bench.Fixtures;
using Spectre.Console;

namespace Holdfast.Bench;

/// <summary>Measures the rows that were asked for and prints them.</summary>
internal static class BenchRun
{
    private const int TableWidth = 150;

    /// <returns>1 when a row was not measured or misses a bound that holds on this machine.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (BenchOptions.Parse(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync("Usage: " + BenchOptions.Usage);
            return 2;
        }

        var started = TimeProvider.System.GetTimestamp();
        await using var fixture = await BenchFixture.SetUpAsync();
        var rows = new List<BenchRow>();
        await using var idle = options.Includes(IdleRow.Number) ? await IdleRow.StartAsync() : null;
        foreach (var (numbers, measure) in Measurements)
        {
            if (options.Includes(numbers))
            {
                await Console.Error.WriteLineAsync($"row {string.Join(", ", numbers)} …");
                rows.AddRange(await MeasureAsync(numbers, measure, fixture, options));
            }
        }

        if (idle is not null)
        {
            await Console.Error.WriteLineAsync($"row {IdleRow.Number} …");
            rows.AddRange(await MeasureAsync([IdleRow.Number], (_, _) => idle.FinishAsync(), fixture, options));
        }

        rows.Sort((one, other) => one.Number.CompareTo(other.Number));
        Print(rows, fixture.Machine, TimeProvider.System.GetElapsedTime(started));
        return rows.Exists(row => row.Standing == Standing.Missed) ? 1 : 0;
    }

    /// <summary>A row that breaks is a bound that was not met; the others are measured all the same.</summary>
    private static async Task<IReadOnlyList<BenchRow>> MeasureAsync(
        int[] numbers, Func<BenchFixture, BenchOptions, Task<IReadOnlyList<BenchRow>>> measure, BenchFixture fixture, BenchOptions options)
    {
        try
        {
            return await measure(fixture, options);
        }
        catch (Exception fault)
        {
            var reason = fault.Message.Split('\n')[0];
            return [.. numbers.Select(number => new BenchRow(number, "not measured", [], "", [fault.ToString()]) { Reason = reason })];
        }
    }

    private static readonly (int[] Numbers, Func<BenchFixture, BenchOptions, Task<IReadOnlyList<BenchRow>>> Measure)[] Measurements =
    [
        ([1, 2, 7], WarmTurnRows.MeasureAsync),
        ([3], StreamCpuRow.MeasureAsync),
        ([4], StorageCallsRow.MeasureAsync),
        ([6], StartRow.MeasureAsync),
        ([8], CrowdRow.MeasureAsync),
        ([9], KillRow.MeasureAsync),
        ([10], LongSessionRow.MeasureAsync),
        ([11], FenceRow.MeasureAsync),
    ];

    private static void Print(List<BenchRow> rows, Machine machine, TimeSpan took)
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, TableWidth);
        var table = new Table().Border(TableBorder.Ascii2).AddColumns("#", "what", "bound", "measured", "", "of it the engine's");
        foreach (var row in rows)
        {
            table.AddRow(
                row.Number.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(row.What),
                Markup.Escape(string.Join('\n', row.Figures.Select(figure => figure.Bound))),
                Markup.Escape(string.Join('\n', row.Figures.Select(figure => figure.Measured))),
                row.Figures.Count == 0 ? Word(Standing.Missed) : string.Join('\n', row.Figures.Select(figure => Word(figure.Standing))),
                Markup.Escape(row.Engine));
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

        AnsiConsole.WriteLine();
        foreach (var row in rows.Where(row => row.Standing != Standing.Met))
        {
            AnsiConsole.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(row.Standing == Standing.Missed ? "MISS" : "note")} {row.Number}. {row.What}: "
                    + $"{row.Reason ?? "nothing in the run says why"}"));
        }

        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{rows.Count(row => row.Standing == Standing.Met)} of {rows.Count} rows met, {machine}. "
                + $"{took.TotalSeconds:0} s. Times in ms unless said otherwise."));
    }

    private static string Word(Standing standing) => standing switch
    {
        Standing.Met => "[green]pass[/]",
        Standing.Noted => "[yellow]note[/]",
        _ => "[red bold]MISS[/]",
    };
}
