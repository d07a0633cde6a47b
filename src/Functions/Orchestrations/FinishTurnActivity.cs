using Holdfast.Turns;
using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Functions.Orchestrations;

/// <summary>Ends a turn that no step could end: delivers its answer, if one stands, or a notice. May run twice, also at once.</summary>
public sealed class FinishTurnActivity(TurnRunner runner)
{
    [Function(nameof(FinishTurnActivity))]
    public Task<TurnCourse> RunAsync([ActivityTrigger] TurnCourse course, CancellationToken cancellationToken) =>
        runner.FinishAsync(course, cancellationToken);
}
