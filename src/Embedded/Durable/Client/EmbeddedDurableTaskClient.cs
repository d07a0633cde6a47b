using DurableTask.Core.Exceptions;
using Holdfast.Embedded.Durable.Dispatch;
using Holdfast.Embedded.Durable.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Holdfast.Embedded.Durable.Client;

/// <summary>The client of the task hub in this process.</summary>
internal sealed class EmbeddedDurableTaskClient(TaskHub hub) : DurableTaskClient(hub.Options.HubName)
{
    /// <exception cref="ArgumentException">There is no such orchestrator, or the id or a status name is invalid.</exception>
    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        var instanceId = options?.InstanceId is { Length: > 0 } given ? given : InstanceIds.Random();
        InstanceIds.ThrowIfInvalid(instanceId);
        if (orchestratorName.Name is null || hub.Functions.Orchestrator(orchestratorName.Name) is null)
        {
            throw new ArgumentException($"There is no orchestrator function '{orchestratorName.Name}'.", nameof(orchestratorName));
        }

        var now = hub.Time.GetUtcNow();
        var wanted = new HistoryEvent.ExecutionStarted(now, orchestratorName.Name, instanceId, InstanceIds.Random(), hub.Converter.Serialize(input))
        {
            CreatedAt = now,
            StartAt = options?.StartAt?.ToUniversalTime(),
            Tags = options?.Tags is { Count: > 0 } tags ? tags : null,
            Version = options?.Version?.Version,
        };
        return await hub.AskAsync(instanceId, new Message.Start(wanted, DedupeOf(options)), cancellation) == Reply.Done
            ? instanceId
            : throw new OrchestrationAlreadyExistsException($"An Orchestration instance with the ID {instanceId} already exists.");
    }

    public override async Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var raise = new Message.Raise(eventName, hub.Converter.Serialize(eventPayload));
        if (await hub.AskAsync(instanceId, raise, cancellation) == Reply.Ended)
        {
            throw new InvalidOperationException($"Cannot raise event {eventName} for orchestration instance {instanceId}: it has ended.");
        }
    }

    public override Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) =>
        ControlAsync(instanceId, new Message.Terminate(hub.Converter.Serialize(options?.Output), options?.Recursive ?? false), cancellation);

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        ControlAsync(instanceId, new Message.Suspend(reason), cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        ControlAsync(instanceId, new Message.Resume(reason), cancellation);

    public override async Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var view = await hub.WaitAsync(instanceId, static view => view.Status != OrchestrationRuntimeStatus.Pending, cancellation);
        return await MetadataAsync(view, getInputsAndOutputs, cancellation);
    }

    public override async Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var view = await hub.WaitAsync(instanceId, static view => view.IsEnded, cancellation);
        return await MetadataAsync(view, getInputsAndOutputs, cancellation);
    }

    public override async Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return await hub.FindAsync(instanceId, cancellation) is { } view
            ? await MetadataAsync(view, getInputsAndOutputs, cancellation)
            : null;
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new OrchestrationQuery();
        return Pageable.Create<OrchestrationMetadata>(async (continuation, size, cancellation) =>
        {
            var page = InstanceQuery.PageOf(
                await hub.ListAsync(cancellation), query, hub.Options.HubName, continuation ?? query.ContinuationToken, size ?? query.PageSize);
            var rows = new List<OrchestrationMetadata>(page.Rows.Count);
            foreach (var view in page.Rows)
            {
                rows.Add(await MetadataAsync(view, query.FetchInputsAndOutputs, cancellation));
            }

            return new Page<OrchestrationMetadata>(rows, page.ContinuationToken);
        });
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return new PurgeResult(await hub.PurgeAsync(instanceId, options?.Recursive ?? false, cancellation), isComplete: true);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var query = new OrchestrationQuery(filter.CreatedFrom, filter.CreatedTo, filter.Statuses);
        var count = 0;
        foreach (var view in (await hub.ListAsync(cancellation)).Where(view => view.IsEnded && InstanceQuery.IsMatch(view, query)))
        {
            count += await hub.PurgeAsync(view.InstanceId, options?.Recursive ?? false, cancellation);
        }

        return new PurgeResult(count, isComplete: true);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static HashSet<OrchestrationRuntimeStatus>? DedupeOf(StartOrchestrationOptions? options) => options?.DedupeStatuses?
        .Select(static name => Enum.TryParse<OrchestrationRuntimeStatus>(name, ignoreCase: true, out var status)
            ? status
            : throw new ArgumentException($"'{name}' is no orchestration runtime status.", nameof(options)))
        .ToHashSet();

    private async Task ControlAsync(string instanceId, Message message, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        switch (await hub.AskAsync(instanceId, message, cancellationToken))
        {
            case Reply.Done:
                return;
            case Reply.NotFound:
                throw new ArgumentException($"No instance with ID '{instanceId}' was found.", nameof(instanceId));
            default:
                throw new InvalidOperationException($"The orchestration instance {instanceId} has ended, or is in that state already.");
        }
    }

    private async Task<OrchestrationMetadata> MetadataAsync(InstanceView view, bool withPayloads, CancellationToken cancellationToken)
    {
        var payloads = withPayloads ? await hub.PayloadsAsync(view, cancellationToken) : null;
        return new OrchestrationMetadata(view.Name, view.InstanceId)
        {
            RuntimeStatus = view.Status,
            CreatedAt = view.CreatedAt,
            LastUpdatedAt = view.LastUpdatedAt,
            Tags = view.Tags,
            DataConverter = withPayloads ? hub.Converter : null,
            SerializedInput = payloads?.Input,
            SerializedOutput = payloads?.Output,
            SerializedCustomStatus = payloads?.CustomStatus,
            FailureDetails = payloads?.Failure?.ToDetails(),
        };
    }
}
