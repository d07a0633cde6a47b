using System.Globalization;
using Holdfast.Storage;
using Holdfast.Tests.Explorer.Breakages;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Tests.Explorer.Scenarios;

namespace Holdfast.Tests.Explorer;

/// <summary>
/// The command line of the explorer: <c>[--family a,b] [--seconds 480] [--states n] [--faults 2] [--order 1]</c> explores (seconds for all
/// families together, states for each; another order begins with other schedules), <c>--seed family:choices</c> replays one schedule,
/// <c>--breakages [--states n]</c> proves that it would see. Exit code 1 when a promise is broken, or a breakage is not seen.
/// </summary>
internal static class Program
{
    /// <summary>What all processes of a run are told alike.</summary>
    private static readonly string[] Handed = ["--faults", "--states", "--order", "--break"];

    private static readonly string[] Options = ["--family", "--seconds", "--seed", "--breakages", .. Handed];

    private const int Unusable = 2;

    private static int Main(string[] args)
    {
        if (args.FirstOrDefault(argument => argument.StartsWith('-') && !Options.Contains(argument)) is { } unknown)
        {
            Console.Error.WriteLine($"There is no option {unknown}; there are: {string.Join(' ', Options)}.");
            return Unusable;
        }

        var broken = ValueOf(args, "--break");
        if (args.Contains("--breakages"))
        {
            return BreakageRun.Run(long.Parse(ValueOf(args, "--states") ?? "1000000", CultureInfo.InvariantCulture), broken);
        }

        var wrap = WrapOf(broken);
        if (ValueOf(args, "--seed") is { } seed)
        {
            return Replay(Families.Create(seed.Split(':')[0], wrap), seed);
        }

        return Explore(args, wrap);
    }

    private static int Explore(string[] args, Func<IBlobContainer, IBlobContainer>? wrap)
    {
        var families = ValueOf(args, "--family")?.Split(',') ?? [.. Families.Names];
        var time = TimeSpan.FromSeconds(double.Parse(ValueOf(args, "--seconds") ?? "480", CultureInfo.InvariantCulture));
        var scenarios = families.Select(name => Families.Create(name, wrap)).ToList();
        if (scenarios is not [var scenario])
        {
            return new SideBySide(
                families, time, [.. Handed.SelectMany(name => ValueOf(args, name) is { } value ? new[] { name, value } : [])]).RunAsync()
                    .GetAwaiter()
                    .GetResult();
        }

        var faults = int.Parse(ValueOf(args, "--faults") ?? "2", CultureInfo.InvariantCulture);
        var states = long.Parse(ValueOf(args, "--states") ?? "1000000000", CultureInfo.InvariantCulture);
        var order = int.Parse(ValueOf(args, "--order") ?? "1", CultureInfo.InvariantCulture);
        PoolThread.Hold();
        var report = new Search(scenario, new SearchLimits(faults, time, states, order)).Run();
        Print(scenario, report);
        if (report.Finding is { } finding)
        {
            Print(finding);
        }

        Console.WriteLine(SummaryOf(report.States, report.Finding is null ? 0 : 1));
        return report.Finding is null ? 0 : 1;
    }

    /// <summary>The last line of every run.</summary>
    public static string SummaryOf(long states, int broken) => $"{states} distinct states, {broken} families with a violation";

    /// <summary>
    /// Switches a breakage on: one of the service's, or one in the copy of the source that this process was started beside.
    /// </summary>
    private static Func<IBlobContainer, IBlobContainer>? WrapOf(string? breakage)
    {
        if (breakage is null)
        {
            return null;
        }

        if (Enum.TryParse<ServiceBreakage>(breakage, out var service))
        {
            return inner => new BrokenService(inner, service);
        }

        var switches = typeof(IBlobContainer).Assembly.GetType("Holdfast.BreakageSwitches")
            ?? throw new ArgumentException($"'{breakage}' needs the breakable copy of the source: use --breakages.");
        switches.GetProperty("On")!.SetValue(null, breakage);
        return null;
    }

    private static int Replay(Scenario scenario, string seed)
    {
        PoolThread.Hold();
        Print(Search.Replay(scenario, seed));
        return 0;
    }

    private static void Print(Scenario scenario, SearchReport report)
    {
        var (faults, byFaults) = (report.StatesByFaults.Length - 1, string.Join(" + ", report.StatesByFaults));
        var (cut, took) = (report.IsWhole ? "whole" : "cut", report.Took.TotalSeconds);
        Console.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Family,-14} {scenario.Roles.Count} actors, {faults} faults: {report.States,9} states ({byFaults}), "));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Steps} steps, {report.Ends} ends, depth {report.Deepest}, {cut}, {took:0.0} s — {scenario.Story}"));
    }

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
