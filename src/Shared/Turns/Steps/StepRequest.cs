namespace Holdfast.Turns.Steps;

/// <summary>What to do next in a turn.</summary>
/// <param name="Step">0 for the first model call.</param>
/// <param name="ToolCalls">The calls of the step before; their results are recorded.</param>
public sealed record StepRequest(TurnReference Turn, int Step, IReadOnlyList<ToolCallReference> ToolCalls)
{
    /// <summary>The model calls of an execution before this one, which was put off; oldest first.</summary>
    public IReadOnlyList<FailedCall> FailedCalls { get; init; } = [];
}
