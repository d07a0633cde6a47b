namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>What host.json and the settings say about the engine.</summary>
internal sealed class DurableOptions
{
    /// <summary>host.json <c>extensions.durableTask.hubName</c>.</summary>
    public string HubName { get; set; } = "holdfast";

    /// <summary>
    /// Activities at once: host.json <c>extensions.durableTask.maxConcurrentActivityFunctions</c>. The public default (10 a core)
    /// would hold up the many long and idle streams of one process, so ours is wider.
    /// </summary>
    public int MaxConcurrentActivities { get; set; } = 512;

    /// <summary>Orchestrator steps at once: host.json <c>extensions.durableTask.maxConcurrentOrchestratorFunctions</c>. Default: 10 a core, as the public one.</summary>
    public int MaxConcurrentOrchestrators { get; set; } = 10 * Environment.ProcessorCount;

    /// <summary>host.json <c>functionTimeout</c> (hh:mm:ss, -1 for none): an activity that takes longer fails. Default: none.</summary>
    public TimeSpan? ActivityTimeout { get; set; }

    /// <summary>Setting <c>Holdfast__FunctionKey</c>: the management API's key. Null: open, to this machine only.</summary>
    public string? Key { get; set; }
}
