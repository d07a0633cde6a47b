using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Turns.Steps;

/// <summary>
/// What a superseded execution does: it touches nothing and waits for its successor's recorded step. The engine takes the first answer
/// it gets, so answering "superseded" would throw away the work of the execution that is alive.
/// </summary>
public sealed partial class SupersededWaiter(TranscriptReader reader, IOptions<TurnOptions> options, TimeProvider clock, ILogger<SupersededWaiter> log)
{
    /// <returns>The transcript as it is now; null when there is none.</returns>
    public Task<TranscriptView?> ReadAsync(StepRequest request, CancellationToken cancellationToken) =>
        reader.ReadAsync(request.Turn.Session(), request.Turn.Segment, cancellationToken);

    /// <returns>
    /// The transcript with the step in it; without it when another run took the session, the turn ended without this step, or its deadline
    /// passed. Null when there is none.
    /// </returns>
    public async Task<TranscriptView?> WaitAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var run = request.Turn.Run();
        LogFollowing(log, run.Value, request.Step);
        while (true)
        {
            var view = await ReadAsync(request, cancellationToken);
            if (view is null || IsOver(request, view) || clock.GetUtcNow() >= request.Turn.DeadlineAt)
            {
                return view;
            }

            await Task.Delay(options.Value.FollowEvery, clock, cancellationToken);
        }
    }

    /// <summary>The step is recorded; or another run owns the session, or an operator ended the turn, and nobody works on it any more.</summary>
    private static bool IsOver(StepRequest request, TranscriptView view)
    {
        var run = request.Turn.Run();
        return TurnHistory.FindAnswer(view.Conversation, run, request.Step) is not null
            || TurnHistory.FindFailure(view.Conversation, run, request.Step) is not null
            || view.Claim?.RunId != run.Value
            || view.Conversation.Find(TurnHistory.DeliveryId(run.Turn)) is not null;
    }

    [LoggerMessage(EventId = 1440, Level = LogLevel.Information, Message = "An execution of run {Run}, step {Step}, was superseded by a later one and waits for its result")]
    private static partial void LogFollowing(ILogger logger, string run, int step);
}
