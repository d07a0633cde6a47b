using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Turns.Steps;

/// <summary>One execution of a step: what it was asked, what it holds, what it counted.</summary>
internal sealed class StepWork(StepRequest request, InboundMessage? message, AgentProfile agent, FencedTranscript transcript, StorageCallTally calls)
{
    /// <summary>A run that comes back keeps the deadline of its first claim.</summary>
    public StepRequest Request { get; } = request with { Turn = request.Turn with { DeadlineAt = transcript.DeadlineAt ?? request.Turn.DeadlineAt } };

    /// <summary>The turn's message; null when another activity opened the turn.</summary>
    public InboundMessage? Message { get; } = message;

    public AgentProfile Agent { get; } = agent;

    public FencedTranscript Transcript { get; } = transcript;

    /// <summary>What stood between this run's work so far and this execution's claim; null as a rule, and always in fence mode strict.</summary>
    public FenceVerdict.Takeover? CameBackOver { get; init; }

    public RunId Run => Transcript.Identity.Run;

    public int Claims { get; set; } = 1;

    public int Deltas { get; set; }

    public long Characters { get; set; }

    public TurnTally Tally() => new(Claims, Deltas, Characters, 0, (int)calls.Calls, Transcript.Verdicts);
}
