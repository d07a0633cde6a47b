using System.Diagnostics;
using System.Globalization;
using Holdfast.Tests.Support;

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

    /// <summary>A search looks at its time between two schedules.</summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(2);

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private int _next;
    private long _states;
    private int _broken;

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => WorkAsync()));
        Console.WriteLine(Program.SummaryOf(_states, _broken));
        return _broken == 0 ? 0 : 1;
    }

    private async Task WorkAsync()
    {
        while (Take() is var (family, share))
        {
            var (lines, exitCode) = await ExploreAsync(family, share, options);
            lock (_gate)
            {
                foreach (var line in lines.SkipLast(1))
                {
                    Console.WriteLine(line);
                }

                _states += long.Parse(lines[^1].Split(' ')[0], CultureInfo.InvariantCulture);
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

    private static async Task<(IReadOnlyList<string> Lines, int ExitCode)> ExploreAsync(
        string family, TimeSpan share, IReadOnlyList<string> options)
    {
        await using var explorer = ChildProcess.Start(
            "dotnet",
            [typeof(SideBySide).Assembly.Location, "--family", family, "--seconds", share.TotalSeconds.ToString(
                CultureInfo.InvariantCulture), .. options],
            AppContext.BaseDirectory);
        var exitCode = await explorer.WaitForExitAsync(share + EndsWithin);
        return explorer.Lines is [.., var summary] && summary.Contains("distinct states", StringComparison.Ordinal)
            ? (explorer.Lines, exitCode)
            : throw new InvalidOperationException($"The process that explores {family} ended with {exitCode} and without a result.");
    }
}
