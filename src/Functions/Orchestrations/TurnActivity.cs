using Holdfast.Turns;
using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Functions.Orchestrations;

/// <summary>Takes the session's next message and asks the model; a plain turn ends in it. May run twice, also at once.</summary>
public sealed class TurnActivity(TurnRunner runner)
{
    [Function(nameof(TurnActivity))]
    public Task<TurnCourse> RunAsync([ActivityTrigger] TurnCourse course, CancellationToken cancellationToken) =>
        runner.AnswerAsync(course, cancellationToken);
}
