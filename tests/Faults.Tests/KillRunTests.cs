using Holdfast.Tests.Faults;
using Holdfast.Tests.Faults.Traffic;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.FaultRuns;

/// <summary>
/// A few kills in mid-stream; `./dev faults --kills 50` does more. A class of its own, so that it runs beside the other small run.
/// </summary>
public sealed class KillRunTests
{
    [Fact]
    public async Task RunAsync_WhenTheAppIsKilledInMidStream_EndsWithAnEmptyLedger()
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-faults-").FullName;

        var result = await FaultRun.RunAsync(RunPlan.OfKills(kills: 2, turns: 6, seed: 3), folder);

        result.Faults.ShouldBeEmpty($"evidence: {folder}");
        result.Rested.ShouldBeTrue();
        result.Kills.Select(kill => kill.StreamsCut.Count).ShouldAllBe(count => count > 0);
        result.Kills.Count.ShouldBe(2);
        Directory.Delete(folder, recursive: true);
    }
}
