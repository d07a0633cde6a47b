using System.Collections.Immutable;
using Holdfast.Delivery;
using Holdfast.Transcripts;

namespace Holdfast.Turns.Steps;

/// <summary>Reports by what stands in the transcript: every execution of a step makes the same one. Pure.</summary>
internal static class StepReports
{
    /// <returns>The report of a step that was recorded before, by whichever execution; null when there is none.</returns>
    public static StepReport? Recorded(StepRequest request, AgentProfile agent, Conversation conversation) =>
        TurnHistory.FindAnswer(conversation, request.Turn.Run(), request.Step) is { } answer
            ? Answered(request, agent, answer.Content)
            : TurnHistory.FindFailure(conversation, request.Turn.Run(), request.Step) is { } failure
                ? Failed(TurnHistory.FailureOf(failure))
                : null;

    public static StepReport Answered(StepRequest request, AgentProfile agent, ImmutableArray<ContentBlock> content)
    {
        var calls = content.OfType<ContentBlock.ToolCall>()
            .Select(call => new ToolCallReference(request.Turn, request.Step, call.Id, call.Name)).ToArray();
        return Of(calls.Length > 0 ? StepEnding.ToolsRequested : StepEnding.Answered) with { ToolCalls = calls, MaxToolRounds = agent.MaxToolRounds };
    }

    /// <summary>The tools of a step are told the segment that it ended in: it is its lease that they renew.</summary>
    public static StepReport In(int segment, StepReport report) => report.ToolCalls.Count == 0
        ? report
        : report with { ToolCalls = [.. report.ToolCalls.Select(call => call with { Turn = call.Turn with { Segment = segment } })] };

    public static StepReport Failed(TurnFailure failure) => Of(StepEnding.Failed) with { Failure = failure };

    public static StepReport Of(StepEnding ending) => new(ending, 0, 0, [], null, TurnTally.Zero);
}
