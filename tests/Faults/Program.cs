using System.Globalization;
using Holdfast.Tests.Faults.Traffic;

namespace Holdfast.Tests.Faults;

/// <summary>
/// The command line of the fault run: <c>[--turns 300] [--seed 1] [--keep]</c>, all faults; with <c>--kills 50</c> no other fault than so
/// many kills in mid-stream, over 200 messages unless <c>--turns</c> says otherwise. Exit code 1 when the ledger has a fault; then the
/// evidence stays in a folder whose path is the last line. <c>--keep</c> keeps it in any case.
/// </summary>
internal static class Program
{
    private static readonly string[] Options = ["--turns", "--seed", "--kills", "--keep"];

    private const int Unusable = 2;

    private static async Task<int> Main(string[] args)
    {
        if (args.FirstOrDefault(argument => argument.StartsWith('-') && !Options.Contains(argument)) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"There is no option {unknown}; there are: {string.Join(' ', Options)}.");
            return Unusable;
        }

        var seed = NumberOf(args, "--seed") ?? 1;
        var plan = NumberOf(args, "--kills") is { } kills
            ? RunPlan.OfKills(kills, NumberOf(args, "--turns") ?? 200, seed)
            : RunPlan.Of(NumberOf(args, "--turns") ?? 300, seed);
        var folder = Directory.CreateTempSubdirectory("holdfast-faults-").FullName;
        RunResult result;
        try
        {
            result = await FaultRun.RunAsync(plan, folder);
        }
        catch (Exception)
        {
            Console.WriteLine($"The run itself failed, seed {seed}; evidence: {folder}");
            throw;
        }

        foreach (var line in RunReport.Of(result))
        {
            Console.WriteLine(line);
        }

        if (result.IsClean && !args.Contains("--keep"))
        {
            Directory.Delete(folder, recursive: true);
            return 0;
        }

        EvidenceFolder.KeepWords(folder, result);
        Console.WriteLine($"evidence: {folder}");
        return result.IsClean ? 0 : 1;
    }

    private static int? NumberOf(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : null;
}
