using Holdfast.Outbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Turns;
using Holdfast.Turns.Steps;

namespace Holdfast.Tests.Turns;

/// <summary>
/// Plays what the session's orchestration does, in the test's process: open → steps and tools → finish. An activity whose process died
/// runs again in a new one; one that failed runs again in the same.
/// </summary>
internal sealed class PlayedOrchestration(TurnRig rig, params BlobTap[] taps)
{
    private const int MaxExecutions = 10;
    private readonly Queue<BlobTap> _taps = new(taps);
    private TurnProcess? _process;
    private TurnTally _tally = TurnTally.Zero;

    /// <summary>Whose inbox it drains.</summary>
    public SessionKey Key { get; init; } = TurnRig.Key;

    public TurnProcess Process => _process ??= rig.Start(_taps.TryDequeue(out var tap) ? tap : null);

    public int Executions { get; private set; }

    public List<StepReport> Reports { get; } = [];

    /// <summary>Runs all turns that are pending; a session that is busy is come back to.</summary>
    public async Task<IReadOnlyList<Receipt>> RunAsync()
    {
        var receipts = new List<Receipt>();
        while (await ActivityAsync(process => process.Opener.OpenAsync(Key, CancellationToken.None)) is { } turn)
        {
            if (await TurnAsync(turn) is { } receipt)
            {
                receipts.Add(receipt);
            }
            else
            {
                await rig.PassAsync(TimeSpan.FromSeconds(15));
            }
        }

        return receipts;
    }

    /// <returns>Null when the session is busy, or another deployment ended the turn.</returns>
    public async Task<Receipt?> TurnAsync(TurnReference turn)
    {
        _tally = TurnTally.Zero;
        IReadOnlyList<ToolCallReference> calls = [];
        for (var step = 0; ; step++)
        {
            var (number, before) = (step, calls);
            var report = await ActivityAsync(process => process.StepAsync(turn, number, before));
            Reports.Add(report);
            _tally += report.Tally;
            switch (report.Ending)
            {
                case StepEnding.ToolsRequested when step < report.MaxToolRounds:
                    await Task.WhenAll(report.ToolCalls.Select(call => ActivityAsync(process => process.Tools.RunAsync(call, CancellationToken.None))));
                    calls = report.ToolCalls;
                    break;
                case StepEnding.ToolsRequested:
                    return await FinishAsync(turn, TurnEnding.Failed, step, TurnFailure.TooManyToolRounds);
                case StepEnding.Answered:
                    return await FinishAsync(turn, TurnEnding.Replied, step, null);
                case StepEnding.Parked:
                    return await FinishAsync(turn, TurnEnding.Superseded, step, null);
                case StepEnding.Busy or StepEnding.Ended:
                    return null;
                case StepEnding.SessionEnded when step == 0:
                    (turn, step) = (report.Reopened!, -1);
                    break;
                case StepEnding.TakenOver or StepEnding.SessionEnded when RunId.Parse(turn.RunId) is { Number: 1 } run:
                    turn = (report.Reopened ?? turn) with { RunId = run.Next().Value };
                    (step, calls) = (-1, []);
                    break;
                default:
                    return await FinishAsync(turn, TurnEnding.Failed, step, report.Failure ?? TurnFailure.TakenOver);
            }
        }
    }

    public Task<Receipt> FinishAsync(TurnReference turn, TurnEnding ending, int step, TurnFailure? failure) => ActivityAsync(
        process => process.Finisher.FinishAsync(new FinishRequest(turn, ending, step, failure, _tally), CancellationToken.None));

    private async Task<T> ActivityAsync<T>(Func<TurnProcess, Task<T>> activity)
    {
        for (var tries = 1; ; tries++)
        {
            var process = Process;
            Executions++;
            try
            {
                return await activity(process);
            }
            catch (Exception) when (process.Tap.IsDead && tries < MaxExecutions)
            {
                _process = _process == process ? null : _process;
            }
            catch (CrashException) when (tries < MaxExecutions)
            {
                _process = _process == process ? null : _process;
            }
            catch (Exception fault) when (fault is StorageUnavailableException or DeliveryUnfinishedException && tries < MaxExecutions)
            {
                await rig.PassAsync(TimeSpan.FromSeconds(1));
            }
        }
    }
}
