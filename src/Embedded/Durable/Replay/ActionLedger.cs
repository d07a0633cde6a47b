using Holdfast.Embedded.Durable.History;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.Replay;

/// <summary>
/// What the orchestrator's code has asked for and the history has not confirmed yet. Numbers are given in the order of the
/// calls, so that the n-th call of a replay must be the n-th of the history.
/// </summary>
internal sealed class ActionLedger(string orchestrator)
{
    private readonly Queue<HistoryEvent> _unconfirmed = new();

    /// <summary>The number of the next call.</summary>
    public int NextId { get; private set; }

    public IReadOnlyCollection<HistoryEvent> Unconfirmed => _unconfirmed;

    public void Add(HistoryEvent action)
    {
        NextId++;
        _unconfirmed.Enqueue(action);
    }

    /// <summary>The history says at <paramref name="index"/> that the code asked for <paramref name="recorded"/>.</summary>
    /// <exception cref="NonDeterminismException">It asked for something else, or for nothing.</exception>
    public void Confirm(HistoryEvent recorded, int index)
    {
        if (!_unconfirmed.TryDequeue(out var asked))
        {
            throw Differs(index, $"the history has {Complaints.Describe(recorded)}, the code asked for nothing.");
        }

        if (!IsSame(recorded, asked))
        {
            throw Differs(index, $"the history has {Complaints.Describe(recorded)}, the code asked for {Complaints.Describe(asked)}.");
        }
    }

    /// <summary>A recorded step ends at <paramref name="index"/>: everything asked for must have been confirmed.</summary>
    /// <exception cref="NonDeterminismException">The code asked for more than the history has.</exception>
    public void EndStep(int index)
    {
        if (_unconfirmed.TryPeek(out var asked))
        {
            throw Differs(index, $"the code asked for {Complaints.Describe(asked)}, the history has nothing of it.");
        }
    }

    public NonDeterminismException Differs(int index, string difference) =>
        new(Complaints.NonDeterministic(orchestrator, index, difference));

    private static bool IsSame(HistoryEvent recorded, HistoryEvent asked) => (recorded, asked) switch
    {
        (TaskScheduled a, TaskScheduled b) => a.Id == b.Id && SameName(a.Name, b.Name),
        (TimerCreated a, TimerCreated b) => a.Id == b.Id && a.FireAt == b.FireAt,
        (SubOrchestrationInstanceCreated a, SubOrchestrationInstanceCreated b) =>
            a.Id == b.Id && SameName(a.Name, b.Name) && a.InstanceId == b.InstanceId,
        (EventSent a, EventSent b) => a.Id == b.Id && SameName(a.Name, b.Name) && a.InstanceId == b.InstanceId,
        _ => false,
    };

    private static bool SameName(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
