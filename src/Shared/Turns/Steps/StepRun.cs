
namespace Holdfast.Turns.Steps;

/// <summary>
/// One execution of a step that has come to its report. The claim that it made is held until this is disposed: what is left of the turn
/// goes on under it.
/// </summary>
public sealed class StepRun : IAsyncDisposable
{
    private readonly HeldTranscript? _claimed;

    internal StepRun(StepReport report, HeldTranscript? claimed = null) => (Report, _claimed) = (report, claimed);

    public StepReport Report { get; }

    /// <summary>The session's transcript while this run may write there; null when it may not, or never did.</summary>
    public HeldTranscript? Held => _claimed is { Transcript.End: null } ? _claimed : null;

    public ValueTask DisposeAsync() => _claimed?.DisposeAsync() ?? ValueTask.CompletedTask;
}
