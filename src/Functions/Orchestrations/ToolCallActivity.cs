using Holdfast.Delivery;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Functions.Orchestrations;

/// <summary>Runs one tool call and records its result.</summary>
public sealed class ToolCallActivity(ToolStep step)
{
    [Function(nameof(ToolCallActivity))]
    public Task<TurnTally> RunAsync([ActivityTrigger] ToolCallReference call, CancellationToken cancellationToken) =>
        step.RunAsync(call, cancellationToken);
}
