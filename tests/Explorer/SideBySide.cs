using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Tests.Explorer;

/// <summary>
/// Explores several families at once, each in a process of its own: one process goes one step after the other, by construction. What a
/// family leaves of its time is there for those after it.
/// </summary>
/// <param name="families">In this order.</param>
/// <param name="time">For all of them, as a clock on the wall shows it.</param>
/// <param name="options">Handed on to each process.</param>
internal sealed class SideBySide(IReadOnlyList<string> families, TimeSpan time, IReadOnlyList<string> options)
{
    private static readonly int Processes = Environment.ProcessorCount;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private int _next;
    private long _states;
    private int _broken;

    /// <returns>The exit code.</returns>
    public int Run()
    {
        Task.WaitAll(Enumerable.Range(0, Processes).Select(_ => Task.Factory.StartNew(Work, TaskCreationOptions.LongRunning)));
        Console.WriteLine(Program.SummaryOf(_states, _broken));
        return _broken == 0 ? 0 : 1;
    }

    private void Work()
    {
        while (Take() is var (family, share))
        {
            var output = Explore(family, share, out var exitCode);
            lock (_gate)
            {
                var summary = output.TrimEnd().Split('\n')[^1];
                Console.Write(output[..output.LastIndexOf(summary, StringComparison.Ordinal)]);
                _states += long.Parse(summary.Split(' ')[0], CultureInfo.InvariantCulture);
                _broken += exitCode == 0 ? 0 : 1;
            }
        }
    }

    private (string Family, TimeSpan Share)? Take()
    {
        lock (_gate)
        {
            if (_next == families.Count)
            {
                return null;
            }

            var left = time - Stopwatch.GetElapsedTime(_started);
            var rounds = Math.Max(1, (double)(families.Count - _next) / Processes);
            return (families[_next++], left / rounds);
        }
    }

    private string Explore(string family, TimeSpan share, out int exitCode)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(SideBySide).Assembly.Location, "--family", family, "--seconds", share.TotalSeconds.ToString(CultureInfo.InvariantCulture), .. options])
        {
            RedirectStandardOutput = true,
        };
        using var explorer = Process.Start(start)!;
        var output = explorer.StandardOutput.ReadToEnd();
        explorer.WaitForExit();
        exitCode = explorer.ExitCode;
        return output.Contains("distinct states", StringComparison.Ordinal)
            ? output
            : throw new InvalidOperationException($"The process that explores {family} ended with {exitCode} and without a result.");
    }
}
