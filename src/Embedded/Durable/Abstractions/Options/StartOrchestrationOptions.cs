using System.Collections.Immutable;

namespace Microsoft.DurableTask;

/// <summary>
/// How an orchestration is started by a client. The public functions host of the pinned version heeds the instance id only
/// (its gRPC listener passes on name, id and input): an app that shall run there too needs nothing else of this.
/// </summary>
public record StartOrchestrationOptions
{
    public StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null)
    {
        this.InstanceId = InstanceId;
        this.StartAt = StartAt;
    }

    public StartOrchestrationOptions(StartOrchestrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        InstanceId = options.InstanceId;
        StartAt = options.StartAt;
        Tags = options.Tags;
        Version = options.Version;
        DedupeStatuses = options.DedupeStatuses;
    }

    /// <summary>The instance id; null: a random one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>When the orchestration starts; null or past: at once. Until then it is pending.</summary>
    public DateTimeOffset? StartAt { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    public TaskVersion? Version { get; init; }

    /// <summary>
    /// Names of <c>OrchestrationRuntimeStatus</c>: an instance with the same id and one of these is not replaced.
    /// Null: pending, running and suspended ones are not replaced.
    /// </summary>
    public IReadOnlyList<string>? DedupeStatuses { get; init; }
}
