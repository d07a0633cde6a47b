using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Turns.Steps;

/// <summary>
/// What a superseded execution does: it touches nothing and waits for its successor's recorded step. The engine takes the first answer
/// it gets, so answering "superseded" would throw away the work of the execution that is alive.
/// </summary>
public sealed partial class SuccessorWatch(TranscriptReader reader, IOptions<TurnOptions> options, TimeProvider clock, ILogger<SuccessorWatch> log)
{
    /// <returns>The transcript as it is now; null when there is none.</returns>
    public async Task<Conversation?> ReadAsync(StepRequest request, CancellationToken cancellationToken) =>
        (await reader.ReadAsync(request.Turn.Session(), request.Turn.Segment, cancellationToken))?.Conversation;

    /// <returns>The transcript with the step in it; null when another run took the session, or the turn ended without this step.</returns>
    public async Task<Conversation?> WaitAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var run = request.Turn.Run();
        LogFollowing(log, run.Value, request.Step);
        while (clock.GetUtcNow() < request.Turn.DeadlineAt)
        {
            var view = await reader.ReadAsync(request.Turn.Session(), request.Turn.Segment, cancellationToken);
            if (view is null)
            {
                return null;
            }

            if (TurnHistory.FindAnswer(view.Conversation, run, request.Step) is not null
                || TurnHistory.FindFailure(view.Conversation, run, request.Step) is not null)
            {
                return view.Conversation;
            }

            // Another run owns the session, or an operator ended the turn: nobody works on this step any more.
            if (view.Claim?.RunId != run.Value || view.Conversation.Find(TurnHistory.DeliveryId(run.Turn)) is not null)
            {
                return null;
            }

            await Task.Delay(options.Value.FollowEvery, clock, cancellationToken);
        }

        return null;
    }

    [LoggerMessage(EventId = 1440, Level = LogLevel.Information, Message = "An execution of run {Run}, step {Step}, was superseded by a later one and waits for its result")]
    private static partial void LogFollowing(ILogger logger, string run, int step);
}
