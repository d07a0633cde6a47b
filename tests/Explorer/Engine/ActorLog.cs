using Holdfast.Storage;

namespace Holdfast.Tests.Explorer.Engine;

/// <summary>
/// What an orchestration engine keeps of one role: results of finished activities stand and are not asked for again; the one that a
/// crash cut off runs again, and so does one that failed, after a pause.
/// </summary>
internal sealed class ActorLog
{
    private const int MaxTries = 8;

    private readonly List<object?> _results = [];
    private int _next;

    /// <summary>Of all that was recorded.</summary>
    public Fingerprint Print { get; private set; } = Fingerprint.Empty;

    public void BeginLife() => _next = 0;

    public async Task<T> RunAsync<T>(Actor actor, TimeProvider clock, Func<Task<T>> activity)
    {
        var number = _next++;
        if (number < _results.Count)
        {
            return (T)_results[number]!;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await activity();
                _results.Add(result);
                Print = actor.History.With((ulong)number);
                return result;
            }
            catch (Exception fault) when (fault is StorageUnavailableException or Delivery.DeliveryUnfinishedException
                && attempt < MaxTries)
            {
                await Task.Delay(TimeSpan.FromSeconds(5 * attempt), clock, CancellationToken.None);
            }
        }
    }
}
