namespace Holdfast.Tests.Faults.Weather;

/// <summary>
/// Decides by its seed what happens to each request of the Durable engine: to queues, tables and the blobs of its own. Single faults that its
/// clients' retries outlive, and now and then a stall: no request passes for some seconds, as when a partition of the service moves. The
/// engine does each thing at least once, so an answer that is lost is fair. Safe for concurrent use.
/// </summary>
public sealed class TaskHubWeather(int seed, TimeProvider clock)
{
    /// <summary>Longer than a work item stays hidden (15 s) and than the lease of a control queue's owner.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(40);

    /// <summary>Sets this weather's chance apart from that of the app's storage.</summary>
    private const int Salt = 77;

    private readonly Lock _gate = new();
    private readonly Random _random = Seeds.Random(seed, Salt);
    private DateTimeOffset _stallAt;
    private DateTimeOffset _stallUntil;
    private bool _isOver = true;

    /// <summary>Stalls so far.</summary>
    public int Stalls { get; private set; }

    /// <summary>From here on requests meet faults.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _stallAt = clock.GetUtcNow() + TimeSpan.FromSeconds(10);
            _isOver = false;
        }
    }

    /// <summary>From here on everything passes again.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
        }
    }

    public Forecast Next()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return new Forecast.Fair();
            }

            var rest = RestOfStall(clock.GetUtcNow());
            return rest > TimeSpan.Zero ? new Forecast.Held(rest) : Choose(_random.NextDouble());
        }
    }

    private Forecast Choose(double draw) => draw switch
    {
        < 0.0004 => new Forecast.StalledRequest(Stall),
        < 0.0008 => new Forecast.StalledAnswer(Stall),
        < 0.0038 => new Forecast.LostAnswer(),
        < 0.0048 => new Forecast.CutAnswer(),
        < 0.0068 => new Forecast.Reset(),
        < 0.0098 => new Forecast.Refused(503, "ServerBusy"),
        < 0.0128 => new Forecast.Refused(500, "InternalError"),
        < 0.0138 => new Forecast.Refused(500, "OperationTimedOut"),
        < 0.0500 => new Forecast.Delayed(TimeSpan.FromMilliseconds(_random.Next(5, 400))),
        _ => new Forecast.Fair(),
    };

    private TimeSpan RestOfStall(DateTimeOffset now)
    {
        if (now >= _stallAt)
        {
            Stalls++;
            _stallUntil = now + TimeSpan.FromSeconds(3 + (_random.NextDouble() * 9));
            _stallAt = _stallUntil + TimeSpan.FromSeconds(25 + (_random.NextDouble() * 30));
        }

        return _stallUntil - now;
    }
}
