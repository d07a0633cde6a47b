using Holdfast.Tests.Faults.Proof;
using Holdfast.Tests.Faults.Traffic;

namespace Holdfast.Tests.Faults;

/// <summary>What a run was and what it left.</summary>
/// <param name="Rested">Everything came to rest in time.</param>
public sealed record RunResult(
    RunPlan Plan, Evidence Evidence, IReadOnlyList<LedgerFault> Faults, RunTally Tally, Chronicle Chronicle, bool Rested)
{
    /// <summary>The output of each deployment, over all its lives.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Logs { get; init; }

    public bool IsClean => Rested && Faults.Count == 0;
}

/// <summary>Counts that stand nowhere else.</summary>
/// <param name="StorageRequests">Through the proxy.</param>
/// <param name="Lapses">Renewals that found their lease lapsed.</param>
/// <param name="StorageGivenUp">Log lines of storage calls that failed after all tries.</param>
public sealed record RunTally(int StorageRequests, int Squalls, int Snapshots, TimeSpan Took, int Lapses, int StorageGivenUp);
