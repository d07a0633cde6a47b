using Holdfast.Turns;
using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Functions.Orchestrations;

/// <summary>Asks the model again, with the results of its tools or as a new run; the last one finishes the turn. May run twice, also at once.</summary>
public sealed class ModelStepActivity(TurnRunner runner)
{
    [Function(nameof(ModelStepActivity))]
    public Task<TurnCourse> RunAsync([ActivityTrigger] TurnCourse course, CancellationToken cancellationToken) =>
        runner.AnswerAsync(course, cancellationToken);
}
