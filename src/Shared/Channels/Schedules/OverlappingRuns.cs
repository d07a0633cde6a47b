namespace Holdfast.Channels.Schedules;

/// <summary>What becomes of a due time that arrives while the job's previous run goes on.</summary>
public enum OverlappingRuns
{
    /// <summary>It is let go.</summary>
    Skip = 1,

    /// <summary>It runs after the previous one.</summary>
    Queue = 2,
}
