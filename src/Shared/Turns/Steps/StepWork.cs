using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Turns.Steps;

/// <summary>One execution of a step: what it was asked, what it holds, what it has so far.</summary>
internal sealed class StepWork(TurnCourse course, InboundMessage? message, AgentProfile agent, FencedTranscript transcript)
{
    public TurnCourse Course => course;

    /// <summary>A run that comes back keeps the deadline of its first claim.</summary>
    public TurnReference Turn { get; } = course.Turn! with { DeadlineAt = transcript.DeadlineAt ?? course.Turn!.DeadlineAt };

    public int Step => course.Step;

    /// <summary>The calls of the step before, whose results are due in the transcript.</summary>
    public IReadOnlyList<ToolCallReference> ToolCalls => course.ToolCalls;

    /// <summary>The model calls of an execution before this one, which was put off.</summary>
    public IReadOnlyList<FailedCall> FailedBefore => course.FailedCalls;

    /// <summary>The turn's message; null when another activity opened the turn.</summary>
    public InboundMessage? Message => message;

    public AgentProfile Agent => agent;

    public FencedTranscript Transcript => transcript;

    public RunId Run => Transcript.Identity.Run;

    /// <summary>
    /// What stood between this run's work so far and this execution's claim; null as a rule, and always in fence mode strict.
    /// </summary>
    public FenceVerdict.Takeover? CameBackOver { get; init; }

    /// <summary>A finished answer that the fence kept from being written; null as a rule.</summary>
    public TranscriptEntry.AssistantMessage? Unwritten { get; set; }

    public int Claims { get; set; } = 1;

    public int Deltas { get; set; }

    public long Characters { get; set; }

    public TurnTally Tally => new(Claims, Deltas, Characters, ToolCalls: 0, Transcript.Verdicts);

    public StepResult Answered(TranscriptEntry.AssistantMessage answer) => StepResult.Answered(Here, Step, Agent, answer.Content);

    public StepResult? Recorded(Conversation conversation) => StepResult.Recorded(Here, Step, Agent, conversation);

    private TurnReference Here => Turn with { Segment = Transcript.Identity.Segment };
}
