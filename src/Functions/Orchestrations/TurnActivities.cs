using Holdfast.Delivery;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Functions.Orchestrations;

/// <summary>The activities of a session's orchestration. Each may run twice, also at once. Their names stand in histories.</summary>
public sealed class TurnActivities(TurnRunner runner, ToolStep tools)
{
    public const string Turn = "TurnActivity";
    public const string ModelStep = "ModelStepActivity";
    public const string ToolCall = "ToolCallActivity";
    public const string Finish = "FinishTurnActivity";

    /// <summary>Takes the session's next message and asks the model; a plain turn ends in it.</summary>
    [Function(Turn)]
    public Task<TurnCourse> TurnAsync([ActivityTrigger] TurnCourse course, CancellationToken cancellationToken) =>
        runner.AnswerAsync(course, cancellationToken);

    /// <summary>Asks the model again, with the results of its tools or as a new run; the last one finishes the turn.</summary>
    [Function(ModelStep)]
    public Task<TurnCourse> ModelStepAsync([ActivityTrigger] TurnCourse course, CancellationToken cancellationToken) =>
        runner.AnswerAsync(course, cancellationToken);

    /// <summary>Runs one tool call and records its result.</summary>
    [Function(ToolCall)]
    public Task<TurnTally> ToolCallAsync([ActivityTrigger] ToolCallReference call, CancellationToken cancellationToken) =>
        tools.RunAsync(call, cancellationToken);

    /// <summary>Ends a turn that no step could end: delivers its answer, if one stands, or a notice.</summary>
    [Function(Finish)]
    public Task<TurnCourse> FinishAsync([ActivityTrigger] TurnCourse course, CancellationToken cancellationToken) =>
        runner.FinishAsync(course, cancellationToken);
}
