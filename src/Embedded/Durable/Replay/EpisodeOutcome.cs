using Holdfast.Embedded.Durable.History;

namespace Holdfast.Embedded.Durable.Replay;

/// <summary>What a step of an orchestrator came to.</summary>
/// <param name="RanAt">The clock the orchestrator saw.</param>
/// <param name="Actions">What it newly asked for, in order.</param>
/// <param name="CancelledTimers">Timers it has given up, in all its steps so far.</param>
/// <param name="CustomStatus">Its custom status; null when it has set none.</param>
/// <param name="End">How it ended; null when it goes on.</param>
internal sealed record EpisodeOutcome(
    DateTimeOffset RanAt,
    IReadOnlyList<HistoryEvent> Actions,
    IReadOnlyCollection<int> CancelledTimers,
    CustomStatusValue? CustomStatus,
    EpisodeEnd? End);

/// <summary>A status that was set; its text is null when it was set to null.</summary>
internal sealed record CustomStatusValue(string? Text);

/// <summary>How an orchestrator ended.</summary>
internal abstract record EpisodeEnd
{
    private EpisodeEnd()
    {
    }

    public sealed record Returned(string? Output) : EpisodeEnd;

    public sealed record Threw(FailureRecord Failure) : EpisodeEnd;

    /// <param name="Input">The next execution's input.</param>
    /// <param name="Version">The next execution's version; null: the same.</param>
    /// <param name="Carried">Events that nobody used, in the order they came.</param>
    public sealed record Renewed(string? Input, string? Version, IReadOnlyList<HistoryEvent.EventRaised> Carried) : EpisodeEnd;
}
