using System.Diagnostics;
using Holdfast.Peers.Bedrock;

namespace Holdfast.Tests.Faults.Weather;

/// <summary>A kill in mid-stream.</summary>
/// <param name="StreamsCut">Answers of the model that were under way.</param>
public sealed record Kill(AppPart Part, DateTimeOffset At, IReadOnlyList<BedrockRequest> StreamsCut);

/// <summary>
/// Kills a deployment's worker, its host or both a number of times, each at a random moment of a stream, and starts again what it killed.
/// Messages are let through as the kills go on, so that there is always one to cut, and always a rest that finds the app as it comes back.
/// </summary>
public sealed class RandomKills(Deployment deployment, ScriptedBedrock model, int kills, int messages, int seed)
{
    /// <summary>A worker that ends more often within a minute is a crash loop to its host.</summary>
    private const int MostWorkersInARow = 3;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>The engine takes up to a minute to come back; more than three mean that nothing does.</summary>
    private static readonly TimeSpan StreamsWithin = TimeSpan.FromMinutes(3);

    private readonly Random _random = Seeds.Random(seed);
    private readonly List<Kill> _done = [];
    private readonly TaskCompletionSource[] _rounds = [.. Enumerable.Range(0, kills + 1).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];

    public IReadOnlyList<Kill> Done => _done;

    /// <summary>Completes when this message may be sent.</summary>
    public Task TurnOfAsync(int message) => _rounds[message * kills / messages].Task;

    /// <summary>Ends when all are done, or when nothing streams any more; then all messages are let through.</summary>
    public async Task RunAsync()
    {
        for (var number = 0; number < kills; number++)
        {
            _rounds[number].SetResult();
            if (!await IsStreamingAsync())
            {
                break;
            }

            // The shortest answer lasts longer than this.
            await Task.Delay(TimeSpan.FromSeconds(_random.NextDouble() * 3));
            var part = Next();
            _done.Add(new Kill(part, DateTimeOffset.UtcNow, Open()));
            await deployment.KillAsync(part, TimeSpan.FromSeconds(_random.NextDouble() * 2), CancellationToken.None);
        }

        foreach (var round in _rounds)
        {
            round.TrySetResult();
        }
    }

    private AppPart Next()
    {
        var part = (AppPart)_random.Next((int)AppPart.Both, (int)AppPart.Host + 1);
        var isTooMany = part == AppPart.Worker && _done.Count >= MostWorkersInARow && _done.TakeLast(MostWorkersInARow).All(kill => kill.Part == AppPart.Worker);
        return isTooMany ? AppPart.Both : part;
    }

    private async Task<bool> IsStreamingAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (Open().Count == 0)
        {
            if (Stopwatch.GetElapsedTime(started) > StreamsWithin)
            {
                return false;
            }

            await Task.Delay(LookEvery);
        }

        return true;
    }

    private List<BedrockRequest> Open() => [.. model.Requests.Where(request => request.Ending == BedrockEnding.Open)];
}
