namespace Holdfast.Channels.Schedules;

/// <summary>What becomes of due times that passed while nobody looked.</summary>
public enum MissedRuns
{
    /// <summary>They are let go; the job runs at its next due time.</summary>
    Skip = 1,

    /// <summary>However many passed, the job runs once, for the latest of them.</summary>
    Once = 2,
}
