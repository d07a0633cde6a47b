using DurableTask.Core.Exceptions;
using Holdfast.Functions.Orchestrations;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Shouldly;

namespace Holdfast.Functions.Tests;

/// <summary>
/// A durable engine as its client shows it: one instance at most, whose standing a test sets, also in the middle of a call. It
/// refuses events for an instance that is not there or has ended; one that comes while an instance ends is lost.
/// </summary>
internal sealed class SimulatedEngine() : DurableTaskClient("simulated")
{
    /// <summary>Null while there is no instance.</summary>
    public OrchestrationRuntimeStatus? Standing { get; set; }

    public SessionStatus? CustomStatus { get; set; }

    /// <summary>Runs before a look, an event or a start takes effect.</summary>
    public Func<Task> BeforeLook { get; set; } = () => Task.CompletedTask;

    public Func<Task> BeforeEvent { get; set; } = () => Task.CompletedTask;

    public Func<Task> BeforeStart { get; set; } = () => Task.CompletedTask;

    public List<SessionInput> Starts { get; } = [];

    /// <summary>Signals that a living instance got.</summary>
    public int Heard { get; private set; }

    public int Looks { get; private set; }

    public DateTimeOffset LastUpdatedAt { get; set; }

    /// <summary>As the engine keeps it.</summary>
    public string? Output { get; set; }

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default)
    {
        await BeforeStart();
        if (IsAlive)
        {
            throw new OrchestrationAlreadyExistsException("It runs.");
        }

        orchestratorName.Name.ShouldBe(nameof(SessionOrchestrator));
        Starts.Add(input.ShouldBeOfType<SessionInput>());
        Standing = OrchestrationRuntimeStatus.Pending;
        return options.ShouldNotBeNull().InstanceId.ShouldNotBeNull();
    }

    public override async Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        eventName.ShouldBe(SessionOrchestrator.SignalEvent);
        var wasAlive = IsAlive;
        await BeforeEvent();
        Heard += IsAlive ? 1 : 0;
        if (!wasAlive)
        {
            throw new InvalidOperationException("There is no such instance, or it has ended.");
        }
    }

    public override async Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        await BeforeLook();
        cancellation.ThrowIfCancellationRequested();
        Looks++;
        return Standing is { } status
            ? new OrchestrationMetadata(nameof(SessionOrchestrator), instanceId)
            {
                RuntimeStatus = status,
                LastUpdatedAt = LastUpdatedAt,
                DataConverter = getInputsAndOutputs ? JsonDataConverter.Default : null,
                SerializedOutput = getInputsAndOutputs ? Output : null,
                SerializedCustomStatus = getInputsAndOutputs ? JsonDataConverter.Default.Serialize(CustomStatus) : null,
            }
            : null;
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        (Standing, Output) = (OrchestrationRuntimeStatus.Terminated, JsonDataConverter.Default.Serialize(options?.Output));
        return Task.CompletedTask;
    }

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool IsAlive =>
        Standing is OrchestrationRuntimeStatus.Pending or OrchestrationRuntimeStatus.Running or OrchestrationRuntimeStatus.Suspended;
}
