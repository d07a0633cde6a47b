using Holdfast.Tests.Faults;
using Holdfast.Tests.Faults.Traffic;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.FaultRuns;

/// <summary>One small run, of a fixed seed; `./dev faults` runs larger ones.</summary>
public sealed class FaultRunTests
{
    [Fact]
    public async Task RunAsync_WhenItIsSmall_EndsWithAnEmptyLedger()
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-faults-").FullName;

        var result = await FaultRun.RunAsync(RunPlan.Of(turns: 6, seed: 7), folder);

        result.Faults.ShouldBeEmpty($"evidence: {folder}");
        result.Rested.ShouldBeTrue();
        result.Evidence.Receipts.Count.ShouldBe(6);
        result.FaultLog.Kinds.ShouldContain(kind => kind.StartsWith(FaultNames.Kill, StringComparison.Ordinal));
        result.FaultLog.Kinds.ShouldContain(kind => kind.StartsWith(FaultNames.TaskHub, StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);
    }
}
