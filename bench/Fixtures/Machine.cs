using System.Globalization;

namespace Holdfast.Bench.Fixtures;

/// <summary>What the bench runs on. Bounds in seconds were set on an idle machine with 2 cores and say nothing about another.</summary>
/// <param name="Cores">Of the machine.</param>
/// <param name="BusyShare">How busy others kept it just before the measurements, 0 to 1.</param>
internal sealed record Machine(int Cores, double BusyShare)
{
    private const int StatedCores = 2;
    private const double IdleBelow = 0.1;
    private static readonly TimeSpan LookFor = TimeSpan.FromSeconds(3);

    public bool HoldsTimes => Cores == StatedCores && BusyShare < IdleBelow;

    public static async Task<Machine> LookAsync()
    {
        var before = Read();
        await Task.Delay(LookFor);
        var after = Read();
        var (busy, all) = (after.Busy - before.Busy, after.All - before.All);
        return new Machine(Environment.ProcessorCount, all == 0 ? 1 : (double)busy / all);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cores} cores, {BusyShare:P0} busy before the first "
            + $"row{(HoldsTimes ? "" : $": bounds in seconds hold on {StatedCores} idle cores and are notes here")}");

    /// <summary>Ticks of all cores since the machine's start. Linux only (/proc).</summary>
    private static (long Busy, long All) Read()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();

        // user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in user already.
        var all = ticks.Take(8).Sum();
        return (all - ticks[3] - ticks[4], all);
    }
}
