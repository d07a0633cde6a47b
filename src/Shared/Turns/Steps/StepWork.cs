using Holdfast.Fencing;
using Holdfast.Outbox;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Turns.Steps;

/// <summary>One execution of a step: what it was asked, what it holds, what it counted.</summary>
internal sealed class StepWork(StepRequest request, AgentProfile agent, FencedTranscript transcript, ITurnProgress progress, StorageCallTally calls)
{
    public StepRequest Request { get; } = request;

    public AgentProfile Agent { get; } = agent;

    public FencedTranscript Transcript { get; } = transcript;

    public ITurnProgress Progress { get; } = progress;

    /// <summary>What stood between this run's work so far and this execution's claim; null as a rule, and always in fence mode strict.</summary>
    public FenceVerdict.Takeover? CameBackOver { get; init; }

    public RunId Run => Transcript.Identity.Run;

    public int Claims { get; set; } = 1;

    public int Deltas { get; set; }

    public long Characters { get; set; }

    public TurnTally Tally() => new(Claims, Deltas, Characters, 0, (int)calls.Calls, Transcript.Verdicts);
}
