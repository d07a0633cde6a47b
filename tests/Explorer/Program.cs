using System.Globalization;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Tests.Explorer.Scenarios;

namespace Holdfast.Tests.Explorer;

/// <summary>The command line of the explorer.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (ValueOf(args, "--seed") is { } seed)
        {
            return Replay(seed);
        }

        var families = ValueOf(args, "--family")?.Split(',') ?? [.. Families.Names];
        var seconds = double.Parse(ValueOf(args, "--seconds") ?? "60", CultureInfo.InvariantCulture);
        var faults = int.Parse(ValueOf(args, "--faults") ?? "2", CultureInfo.InvariantCulture);
        var limits = new SearchLimits(faults, TimeSpan.FromSeconds(seconds / families.Length));
        var scenarios = families.Select(name => Families.Create(name)).ToList();
        PoolThread.Hold();
        var states = 0L;
        var broken = 0;
        foreach (var scenario in scenarios)
        {
            var report = new Search(scenario, limits).Run();
            states += report.States;
            Print(scenario, report);
            if (report.Finding is { } finding)
            {
                broken++;
                Print(finding);
            }
        }

        Console.WriteLine($"{states} distinct states, {broken} families with a violation");
        return broken == 0 ? 0 : 1;
    }

    private static int Replay(string seed)
    {
        var scenario = Families.Create(seed.Split(':')[0]);
        PoolThread.Hold();
        Print(Search.Replay(scenario, seed));
        return 0;
    }

    private static void Print(Scenario scenario, SearchReport report) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Family,-14} {scenario.Roles.Count} actors, {report.StatesByFaults.Length - 1} faults: {report.States,9} states ({string.Join(" + ", report.StatesByFaults)}), {report.Steps} steps, {report.Ends} ends, depth {report.Deepest}, {(report.IsWhole ? "whole" : "cut")}, {report.Took.TotalSeconds:0.0} s — {scenario.Story}"));

    private static void Print(Finding finding)
    {
        Console.WriteLine($"  VIOLATION {finding.Promise}");
        for (var number = 0; number < finding.Steps.Count; number++)
        {
            Console.WriteLine($"  {number + 1,3}. {finding.Steps[number]}");
        }

        Console.WriteLine($"  replay: --seed {finding.Seed}");
    }

    private static string? ValueOf(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
