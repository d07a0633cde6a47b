using Holdfast.Functions.Status;
using Holdfast.Turns.Steps;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Orchestrations;

/// <summary>Runs one model step; may run twice, also at once.</summary>
public sealed class ModelStepActivity(ModelStep step, EventProgressFactory progress)
{
    [Function(nameof(ModelStepActivity))]
    public Task<StepReport> RunAsync(
        [ActivityTrigger] StepRequest request, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        step.RunAsync(request, progress.For(client), cancellationToken);
}
