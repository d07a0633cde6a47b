namespace Holdfast.Tests.Faults.Injection;

/// <summary>
/// Kills and freezes deployments, one outage at a time for each: the worker, the host, or both. A freeze outlasts the lease, so that leases
/// lapse under living runs, and some freezes of a host outlast the engine's hold on its queues. Work that a host had in hand when it was
/// killed
/// shows up again after 15 s: most next outages come once that is so and work ends again, some before. A worker is killed four times a
/// minute
/// at most: more is what its host calls a crash loop.
/// </summary>
public sealed class Outages(IReadOnlyList<Deployment> deployments, int seed)
{
    private const double KillShare = 0.7;
    private static readonly TimeSpan WorksWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(16);

    /// <summary>Ends when <paramref name="stop"/> fires, with every deployment running.</summary>
    public async Task RunAsync(CancellationToken stop) =>
        await Task.WhenAll(deployments.Select((deployment, index) => RunAsync(deployment, Seeds.Random(seed, index), stop)));

    private static async Task RunAsync(Deployment deployment, Random random, CancellationToken stop)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(3 + (random.NextDouble() * 5)), stop);
            while (true)
            {
                var part = PartOf(random.NextDouble());
                if (random.NextDouble() < KillShare)
                {
                    await deployment.KillAsync(part, TimeSpan.FromSeconds(random.NextDouble() * 4), stop);
                }
                else
                {
                    var longest = part == AppPart.Worker ? 9 : 24;
                    await deployment.PauseAsync(part, ShortestPause + TimeSpan.FromSeconds(random.NextDouble() * longest), stop);
                }

                if (part != AppPart.Worker && random.NextDouble() < 0.3)
                {
                    // Before it has found its feet.
                    await Task.Delay(TimeSpan.FromSeconds(3 + (random.NextDouble() * 7)), stop);
                }
                else
                {
                    await Task.Delay(TimeSpan.FromSeconds(15 + (random.NextDouble() * 12)), stop);
                    await deployment.WorksAsync(WorksWithin, stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The faults are over. One that was killed last is started below.
        }

        await deployment.EnsureStartedAsync();
    }

    private static AppPart PartOf(double draw) => draw switch
    {
        < 0.4 => AppPart.Worker,
        < 0.7 => AppPart.Host,
        _ => AppPart.Both,
    };
}
