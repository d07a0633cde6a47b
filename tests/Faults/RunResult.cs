using Holdfast.Tests.Faults.Proof;
using Holdfast.Tests.Faults.Traffic;
using Holdfast.Tests.Faults.Injection;

namespace Holdfast.Tests.Faults;

/// <summary>What a run was and what it left.</summary>
/// <param name="Restless">A sentence for each that did not come to rest in time.</param>
public sealed record RunResult(
    RunPlan Plan, Evidence Evidence, IReadOnlyList<LedgerFault> Faults, RunTally Tally, FaultLog FaultLog, IReadOnlyList<string> Restless)
{
    /// <summary>The output of each deployment, over all its lives.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Logs { get; init; }

    /// <summary>Those that were planned; none in a run of all faults, which counts in its log.</summary>
    public IReadOnlyList<Kill> Kills { get; init; } = [];

    /// <summary>Everything came to rest in time.</summary>
    public bool Rested => Restless.Count == 0;

    public bool IsClean => Rested && Faults.Count == 0 && Kills.Count == (Plan.Kills ?? 0);
}

/// <summary>Counts that stand nowhere else.</summary>
/// <param name="StorageRequests">To the app's own container, through the proxy.</param>
/// <param name="TaskHubRequests">Of the engine.</param>
/// <param name="Squalls">Of the app's storage.</param>
/// <param name="Stalls">Of the task hub.</param>
public sealed record RunTally(int StorageRequests, int TaskHubRequests, int Squalls, int Stalls, int Snapshots, TimeSpan Took)
{
    /// <summary>Renewals that found their lease lapsed.</summary>
    public int Lapses { get; init; }

    /// <summary>Log lines of storage calls that failed after all tries.</summary>
    public int StorageGivenUp { get; init; }
}
