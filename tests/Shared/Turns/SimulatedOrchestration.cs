using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Turns;

namespace Holdfast.Tests.Turns;

/// <summary>What an activity throws when something about its turn is wrong.</summary>
internal sealed class ActivityFault() : Exception("A fault of our own.");

/// <summary>
/// Runs turns as the session's orchestration does, by the same decider, in the test's process. An activity whose process died runs again in
/// a new one; one that failed runs again in the same, as often as the engine's retries allow.
/// </summary>
internal sealed class SimulatedOrchestration(TurnFixture fixture, params BlobTap[] taps)
{
    private const int MaxExecutions = 10;
    private readonly Queue<BlobTap> _taps = new(taps);
    private readonly string _mark = fixture.NextMark();
    private TurnProcess? _process;

    /// <summary>Whose inbox it drains.</summary>
    public SessionKey Key { get; init; } = TurnFixture.Key;

    public TurnProcess Process => _process ??= fixture.Start(_taps.TryDequeue(out var tap) ? tap : null);

    public int Executions { get; private set; }

    /// <summary>What came after each activity of a turn but its tools'.</summary>
    public List<TurnCourse> Courses { get; } = [];

    /// <summary>Pauses that were the orchestration's.</summary>
    public List<TimeSpan> Pauses { get; } = [];

    public IEnumerable<TurnMove> Moves => Courses.Select(course => course.Next);

    /// <summary>Runs all turns that are pending; a session that is busy is come back to.</summary>
    public async Task<IReadOnlyList<Receipt>> RunAsync()
    {
        var receipts = new List<Receipt>();
        while (true)
        {
            var course = await RunAsync(new TurnCourse(Key, _mark, null, IsTerminated: false));
            if (await ReceiptAsync(course) is { } receipt)
            {
                receipts.Add(receipt);
            }

            if (course.Next == TurnMove.ComeBackLater)
            {
                await fixture.PassAsync(TimeSpan.FromSeconds(15));
            }
            else if (!course.HasMore)
            {
                return receipts;
            }
        }
    }

    /// <returns>Null when the session is busy, or another deployment ended the turn.</returns>
    public async Task<Receipt?> TurnAsync(TurnReference turn) =>
        await ReceiptAsync(await RunAsync(new TurnCourse(Key, turn.Orchestration, null, IsTerminated: false) { Turn = turn }));

    public async Task<Receipt> FinishAsync(TurnReference turn, TurnEnding ending, int step, TurnFailure? failure)
    {
        var course = new TurnCourse(Key, turn.Orchestration, null, IsTerminated: false)
        {
            Turn = turn,
            Next = TurnMove.Finish,
            Ending = ending,
            Step = step,
            Failure = failure,
        };
        return (await ReceiptAsync(await RunAsync(course)))!;
    }

    private async Task<TurnCourse> RunAsync(TurnCourse course)
    {
        while (course.Next is not (TurnMove.End or TurnMove.ComeBackLater))
        {
            if (course.ResumeAt is { } resumeAt)
            {
                Pauses.Add(resumeAt - fixture.Clock.GetUtcNow());
                await fixture.PassAsync(Pauses[^1]);
                course = course with { ResumeAt = null };
            }

            var now = course;
            course = await (now.Next switch
            {
                TurnMove.RunTools => ToolsAsync(now),
                TurnMove.Finish => ActivityAsync(now, process => process.Runner.FinishAsync(now, CancellationToken.None)),
                _ => ActivityAsync(now, process => process.Runner.AnswerAsync(now, CancellationToken.None)),
            });
            if (now.Next != TurnMove.RunTools && course.Turn is not null)
            {
                Courses.Add(course);
            }
        }

        return course;
    }

    private async Task<TurnCourse> ToolsAsync(TurnCourse course)
    {
        var calls = course.ToolCalls.Select(call => ActivityAsync(process => process.Tools.RunAsync(call, CancellationToken.None)));
        var results = await Task.WhenAll(calls);
        return results.Select(result => result.Fault).FirstOrDefault(fault => fault is not null) is { } failed
            ? AfterFailure(course, failed)
            : TurnDecider.AfterTools(course, results.Select(result => result.Result!));
    }

    private async Task<TurnCourse> ActivityAsync(TurnCourse course, Func<TurnProcess, Task<TurnCourse>> activity)
    {
        var (result, fault) = await ActivityAsync(activity);
        return fault is null ? result! : AfterFailure(course, fault);
    }

    private static TurnCourse AfterFailure(TurnCourse course, Exception fault) =>
        TurnDecider.AfterFailure(course, TurnDecider.MayPass(fault.GetType().FullName!));

    /// <returns>The fault when it failed as often as the engine runs it.</returns>
    private async Task<(T? Result, Exception? Fault)> ActivityAsync<T>(Func<TurnProcess, Task<T>> activity)
        where T : class
    {
        for (var tries = 1; ; tries++)
        {
            var process = Process;
            Executions++;
            try
            {
                return (await activity(process), null);
            }
            catch (Exception fault) when ((process.Tap.IsDead || fault is CrashException) && tries < MaxExecutions)
            {
                _process = _process == process ? null : _process;
            }
            catch (Exception fault) when (fault is StorageUnavailableException or DeliveryUnfinishedException or ActivityFault)
            {
                if (tries == MaxExecutions)
                {
                    return (null, fault);
                }

                await fixture.PassAsync(TimeSpan.FromSeconds(1));
            }
        }
    }

    private Task<Receipt?> ReceiptAsync(TurnCourse course) => course is { Next: TurnMove.End, Ending: not null }
        ? new ReceiptStore(fixture.Outside).FindAsync(course.Turn!.RunId.Turn, CancellationToken.None)
        : Task.FromResult<Receipt?>(null);
}
