using System.Diagnostics;
using Holdfast.Harness;

namespace Holdfast.Bench.Fixtures;

/// <summary>What the two processes of an app have used.</summary>
/// <param name="HostCpu">User and system, so far.</param>
/// <param name="HostMemory">Resident now, in bytes.</param>
internal sealed record AppFigures(TimeSpan HostCpu, TimeSpan WorkerCpu, long HostMemory, long WorkerMemory)
{
    public TimeSpan Cpu => HostCpu + WorkerCpu;

    public static AppFigures Of(HoldfastApp app)
    {
        using var host = Process.GetProcessById(app.Process.Id);
        using var worker = Process.GetProcessById(app.WorkerId);
        return new AppFigures(host.TotalProcessorTime, worker.TotalProcessorTime, host.WorkingSet64, worker.WorkingSet64);
    }
}
