using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Tests.Explorer.Breakages;

/// <summary>Switches on one breakage after the other, each in a process of its own, and says which schedule shows it.</summary>
internal static class BreakageRun
{
    /// <returns>0 when each was seen.</returns>
    public static int Run(long statesEach, string? only)
    {
        using var library = BrokenLibrary.Build();
        var unseen = 0;
        Parallel.ForEach(
            Breakage.All.Where(breakage => only is null || breakage.Switch == only),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            breakage =>
            {
                var found = breakage.Families
                    .Select(family => Explore(library, breakage, family, statesEach))
                    .FirstOrDefault(found => found is not null);
                Interlocked.Add(ref unseen, found is null ? 1 : 0);
                Console.WriteLine($"{breakage.Name,-55} → {found ?? "NOT SEEN"}");
            });
        Console.WriteLine($"{unseen} breakages not seen");
        return unseen == 0 ? 0 : 1;
    }

    private static string? Explore(BrokenLibrary library, Breakage breakage, string family, long states)
    {
        string[] limits = ["--seconds", "86400", "--states", states.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo("dotnet", [library.Explorer, "--family", family, .. limits, "--break", breakage.Switch])
        {
            RedirectStandardOutput = true,
        };
        using var explorer = Process.Start(start)!;
        var lines = explorer.StandardOutput.ReadToEnd().Split('\n');
        explorer.WaitForExit();
        var promise = lines.FirstOrDefault(line => line.StartsWith("  VIOLATION ", StringComparison.Ordinal));
        var steps = lines.Count(line => line.Length > 5 && line[5] == '.' && char.IsAsciiDigit(line[4]));
        var searched = lines.FirstOrDefault(line => line.EndsWith("families with a violation", StringComparison.Ordinal))?.Split(' ')[0];
        return explorer.ExitCode == 1 && promise is not null ? $"{promise[12..]} → {steps} steps, after {searched} states" : null;
    }
}
