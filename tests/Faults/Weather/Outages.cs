namespace Holdfast.Tests.Faults.Weather;

/// <summary>
/// Kills and freezes deployments, one outage at a time for each. A freeze outlasts the lease, so that leases lapse under living runs.
/// </summary>
public sealed class Outages(IReadOnlyList<Deployment> deployments, int seed)
{
    private const double KillShare = 0.7;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(16);

    /// <summary>Ends when <paramref name="stop"/> fires, with every deployment running.</summary>
    public async Task RunAsync(CancellationToken stop) =>
        await Task.WhenAll(deployments.Select((deployment, index) => RunAsync(deployment, Seeds.Random(seed, index), stop)));

    private static async Task RunAsync(Deployment deployment, Random random, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(3 + (random.NextDouble() * 9)), stop);
                if (random.NextDouble() < KillShare)
                {
                    await deployment.KillAsync(TimeSpan.FromSeconds(random.NextDouble() * 4), stop);
                }
                else
                {
                    await deployment.PauseAsync(ShortestPause + TimeSpan.FromSeconds(random.NextDouble() * 9), stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The faults are over. One that was killed last is started below.
        }

        await deployment.EnsureStartedAsync();
    }
}
