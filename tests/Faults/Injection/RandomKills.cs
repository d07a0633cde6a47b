using System.Diagnostics;
using Holdfast.Peers.Bedrock;

namespace Holdfast.Tests.Faults.Injection;

/// <summary>A kill in mid-stream.</summary>
/// <param name="StreamsCut">Answers of the model that were under way.</param>
public sealed record Kill(AppPart Part, DateTimeOffset At, IReadOnlyList<BedrockRequest> StreamsCut);

/// <summary>
/// Kills a deployment's worker, its host or both a number of times, each at a random moment of a stream, and starts again what it killed.
/// Messages are let through as the kills go on, so that there is always one to cut, and a kill waits while too many are open, so that not
/// the same ones are cut each time.
/// </summary>
/// <param name="finished">How many turns have ended so far.</param>
public sealed class RandomKills(Deployment deployment, ScriptedBedrock model, Func<Task<int>> finished, int kills, int messages, int seed)
{
    /// <summary>
    /// Messages that are open as a kill comes. The engine lets an activity that was cut n times wait 2^n s, ten minutes at most, where its
    /// host
    /// lived on: with more open ones the run would measure that alone.
    /// </summary>
    private const int MostOpen = 10;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Shorter than the shortest answer.</summary>
    private static readonly TimeSpan AllStream = TimeSpan.FromSeconds(2);

    /// <summary>Within it some answers come to their ends.</summary>
    private static readonly TimeSpan SomeStream = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LookAtTurnsEvery = TimeSpan.FromMilliseconds(300);

    /// <summary>Longer than the engine lets any work wait.</summary>
    private static readonly TimeSpan GoesOnWithin = TimeSpan.FromMinutes(11);

    private readonly Random _random = Seeds.Random(seed);
    private readonly List<Kill> _done = [];
    private Queue<AppPart> _next = new();
    private readonly TaskCompletionSource[] _rounds = [.. Enumerable.Range(0, kills + 1)
        .Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];

    public IReadOnlyList<Kill> Done => _done;

    /// <summary>Completes when this message may be sent.</summary>
    public Task TurnOfAsync(int message) => _rounds[message * kills / messages].Task;

    /// <summary>Ends when all are done, or when nothing goes on any more; then all messages are let through.</summary>
    public async Task RunAsync()
    {
        for (var number = 0; number < kills; number++)
        {
            _rounds[number].SetResult();
            var sent = (number + 1) * messages / kills;
            if (!await BecomesAsync(async () => sent - await finished() <= MostOpen, LookAtTurnsEvery)
                || !await BecomesAsync(() => Task.FromResult(Open().Count > 0), LookEvery))
            {
                break;
            }

            await Task.Delay(_random.NextDouble() * AllStream);
            await WhileManyStreamAsync(_random.NextDouble() * SomeStream);
            var part = Next();
            _done.Add(new Kill(part, DateTimeOffset.UtcNow, Open()));
            await deployment.KillAsync(part, TimeSpan.FromSeconds(_random.NextDouble() * 2), CancellationToken.None);
        }

        foreach (var round in _rounds)
        {
            round.TrySetResult();
        }
    }

    /// <summary>
    /// As often each of them, in any order: a worker that is killed more often within a minute is a crash loop to its host.
    /// </summary>
    private AppPart Next()
    {
        if (_next.Count == 0)
        {
            var parts = Enum.GetValues<AppPart>();
            _random.Shuffle(parts);
            _next = new Queue<AppPart>(parts);
        }

        return _next.Dequeue();
    }

    /// <summary>Leaves at least one to cut.</summary>
    private async Task WhileManyStreamAsync(TimeSpan atMost)
    {
        var started = Stopwatch.GetTimestamp();
        while (Open().Count > 1 && Stopwatch.GetElapsedTime(started) < atMost)
        {
            await Task.Delay(LookEvery);
        }
    }

    /// <returns>False when it did not in time.</returns>
    private static async Task<bool> BecomesAsync(Func<Task<bool>> condition, TimeSpan lookEvery)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > GoesOnWithin)
            {
                return false;
            }

            await Task.Delay(lookEvery);
        }

        return true;
    }

    private List<BedrockRequest> Open() => [.. model.Requests.Where(request => request.Ending == BedrockEnding.Open)];
}
