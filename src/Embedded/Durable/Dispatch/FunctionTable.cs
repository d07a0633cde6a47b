using System.Collections.Concurrent;
using Holdfast.Embedded.Durable.Replay;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>An activity: its serialized input to its result.</summary>
internal delegate Task<object?> ActivityCode(string? input, CancellationToken cancellationToken);

/// <summary>Orchestrators and activities by name, without regard to case. Filled before the start.</summary>
internal sealed class FunctionTable
{
    private readonly ConcurrentDictionary<string, OrchestratorCode> _orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, ActivityCode> _activities = new(StringComparer.OrdinalIgnoreCase);

    public void Add(string name, OrchestratorCode code) => _orchestrators[name] = code;

    public void Add(string name, ActivityCode code) => _activities[name] = code;

    public OrchestratorCode? Orchestrator(string name) => _orchestrators.GetValueOrDefault(name);

    public ActivityCode? Activity(string name) => _activities.GetValueOrDefault(name);
}
