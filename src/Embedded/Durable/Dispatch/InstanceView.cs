using System.Collections.Immutable;
using Holdfast.Embedded.Durable.History;
using Holdfast.Embedded.Durable.Store;
using Microsoft.DurableTask.Client;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>An instance as readers see it: what was recorded last.</summary>
internal sealed record InstanceView(
    string InstanceId, string Name, OrchestrationRuntimeStatus Status, DateTimeOffset CreatedAt, DateTimeOffset LastUpdatedAt, ExecutionBlob Blob)
{
    public string? ParentInstanceId { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Null for ended instances: their payloads are read from the store when somebody asks.</summary>
    public InstancePayloads? Payloads { get; init; }

    public bool IsEnded => Status
        is OrchestrationRuntimeStatus.Completed
        or OrchestrationRuntimeStatus.Failed
        or OrchestrationRuntimeStatus.Terminated;

    public static InstanceView Of(Execution execution, ExecutionBlob blob) => new(
        execution.Started.InstanceId, execution.Started.Name, execution.Status, execution.Started.CreatedAt, execution.LastUpdatedAt, blob)
    {
        ParentInstanceId = execution.Started.Parent?.InstanceId,
        Tags = execution.Started.Tags ?? ImmutableDictionary<string, string>.Empty,
        Payloads = new InstancePayloads(
            execution.Started.Input, execution.Completed?.Output, execution.CustomStatus, execution.Completed?.Failure),
    };

    public static InstanceView OfEnded(StoredExecution stored) => new(
        stored.Header.InstanceId,
        stored.Header.Name,
        stored.Header.EndedAs!.Value,
        stored.Header.CreatedAt,
        stored.Header.EndedAt ?? stored.Header.CreatedAt,
        stored.Blob)
    {
        ParentInstanceId = stored.Header.ParentInstanceId,
        Tags = stored.Header.Started?.Tags ?? ImmutableDictionary<string, string>.Empty,
    };
}

/// <summary>The serialized payloads of an instance.</summary>
internal sealed record InstancePayloads(string? Input, string? Output, string? CustomStatus, FailureRecord? Failure);
