namespace Microsoft.Azure.Functions.Worker;

/// <summary>Where a schedule stands, in UTC.</summary>
public sealed class ScheduleStatus
{
    /// <summary>The run before this one; the default value if there was none.</summary>
    public DateTime Last { get; set; }

    /// <summary>The occurrence that this run is for.</summary>
    public DateTime Next { get; set; }

    /// <summary>When the status was last written.</summary>
    public DateTime LastUpdated { get; set; }
}
