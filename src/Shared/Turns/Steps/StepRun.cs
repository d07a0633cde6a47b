using Holdfast.Fencing;
using Holdfast.Leases;

namespace Holdfast.Turns.Steps;

/// <summary>
/// One execution of a step that has come to its report. The claim that it made is held until this is disposed: what is left of the turn
/// goes on under it.
/// </summary>
public sealed class StepRun : IAsyncDisposable
{
    private readonly FencedTranscript? _transcript;
    private readonly LeaseKeeper? _keeper;

    internal StepRun(StepReport report, FencedTranscript? transcript = null, LeaseKeeper? keeper = null) =>
        (Report, _transcript, _keeper) = (report, transcript, keeper);

    public StepReport Report { get; }

    /// <summary>The session's transcript, its lease renewed, while this run may write there; null when it may not, or never did.</summary>
    public FencedTranscript? Held => _transcript is { End: null } ? _transcript : null;

    /// <summary>Renews no more. The lease is let go by whoever ends the turn, or bridges the gap to its next activity.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_keeper is not null)
        {
            await _keeper.DisposeAsync();
        }

        _transcript?.Dispose();
    }
}
