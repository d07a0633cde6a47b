using Holdfast.Outbox;
using Holdfast.Sessions;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Microsoft.DurableTask;

namespace Holdfast.Functions.Orchestrations;

/// <summary>What became of a turn.</summary>
internal enum TurnFlowEnding
{
    /// <summary>Its receipt stands.</summary>
    Finished = 1,

    /// <summary>Somebody else holds the session; the message is still in the inbox.</summary>
    SessionBusy = 2,
}

/// <summary>
/// One turn inside the orchestration: model step → tools → model step … → finish. Deterministic: it decides by what activities
/// report and by nothing else.
/// </summary>
internal sealed class TurnFlow(TaskOrchestrationContext context, ProgressFeed progress, TurnReference turn)
{
    private TurnReference _turn = turn;
    private TurnTally _tally = TurnTally.Zero with { StorageCalls = turn.StorageCalls };

    public async Task<TurnFlowEnding> RunAsync(bool endedByOperator)
    {
        if (endedByOperator)
        {
            return await FinishAsync(TurnEnding.Terminated, step: 0, TurnFailure.Terminated);
        }

        try
        {
            return await AnswerAsync();
        }
        catch (TaskFailedException)
        {
            // The engine ran the activity as often as it may. Whoever wrote the message is told.
            return await FinishAsync(TurnEnding.Failed, step: 0, TurnFailure.Internal);
        }
    }

    private async Task<TurnFlowEnding> AnswerAsync()
    {
        IReadOnlyList<ToolCallReference> calls = [];
        for (var step = 0; ; step++)
        {
            var report = await StepAsync(new StepRequest(_turn, step, calls));
            _tally += report.Tally;
            switch (report.Ending)
            {
                case StepEnding.ToolsRequested when step < report.MaxToolRounds:
                    await RunToolsAsync(report);
                    calls = report.ToolCalls;
                    break;
                case StepEnding.ToolsRequested:
                    return await FinishAsync(TurnEnding.Failed, step, TurnFailure.TooManyToolRounds);
                case StepEnding.Answered:
                    return await FinishAsync(TurnEnding.Replied, step, failure: null);
                case StepEnding.Parked:
                    return await FinishAsync(TurnEnding.Superseded, step, failure: null);
                case StepEnding.Busy:
                    Show("waiting", report.Attempt, 0, report.Verdict);
                    return TurnFlowEnding.SessionBusy;
                case StepEnding.Ended:
                    return TurnFlowEnding.Finished;
                case StepEnding.SessionEnded when step == 0:
                    // Closed before the turn began in it: it begins in the next session.
                    (_turn, step) = (report.Reopened!, -1);
                    break;
                case StepEnding.TakenOver or StepEnding.SessionEnded when RunId.Parse(_turn.RunId) is { Number: 1 } run:
                    // Queued again once, as a new run that comes after what took the session over.
                    _turn = (report.Reopened ?? _turn) with { RunId = run.Next().Value };
                    (step, calls) = (-1, []);
                    break;
                default:
                    return await FinishAsync(TurnEnding.Failed, step, report.Failure ?? TurnFailure.TakenOver);
            }
        }
    }

    private async Task<StepReport> StepAsync(StepRequest request)
    {
        Show("thinking", attempt: 0, characters: 0, verdict: null);
        var report = context.CallActivityAsync<StepReport>(nameof(ModelStepActivity), request, Retries.OfStorage);
        while (await Task.WhenAny(report, progress.Next) != report)
        {
            if (await progress.TakeAsync() is { } news && news.RunId == _turn.RunId)
            {
                Show(news.Phase, news.Attempt, news.Characters, news.Verdict);
            }
        }

        return await report;
    }

    private async Task RunToolsAsync(StepReport report)
    {
        Show("tools", report.Attempt, characters: 0, report.Verdict);
        var running = report.ToolCalls.Select(call => context.CallActivityAsync<TurnTally>(nameof(ToolCallActivity), call, Retries.OfStorage)).ToArray();
        foreach (var tally in await Task.WhenAll(running))
        {
            _tally += tally;
        }
    }

    private async Task<TurnFlowEnding> FinishAsync(TurnEnding ending, int step, TurnFailure? failure)
    {
        Show("delivering", attempt: 0, characters: 0, verdict: null);
        await context.CallActivityAsync(nameof(FinishTurnActivity), new FinishRequest(_turn, ending, step, failure, _tally), Retries.OfStorage);
        return TurnFlowEnding.Finished;
    }

    private void Show(string phase, int attempt, long characters, string? verdict) =>
        context.SetCustomStatus(new SessionStatus(phase, _turn.RunId, attempt, characters, verdict, _turn.Orchestration));
}
