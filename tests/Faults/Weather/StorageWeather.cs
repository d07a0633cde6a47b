namespace Holdfast.Tests.Faults.Weather;

/// <summary>
/// Decides by its seed what happens to each storage request. Mostly single faults, which the client library's retries outlive; now and
/// then a squall of some seconds that no retry outlives. Safe for concurrent use.
/// </summary>
public sealed class StorageWeather(int seed, TimeProvider clock)
{
    /// <summary>Longer than the app's network timeout and than its leases.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);

    private const double SquallFactor = 30;

    private readonly Lock _gate = new();
    private readonly Random _random = Seeds.Random(seed);
    private DateTimeOffset _squallAt;
    private DateTimeOffset _squallUntil;
    private bool _isOver = true;

    /// <summary>Squalls so far.</summary>
    public int Squalls { get; private set; }

    /// <summary>From here on requests meet faults.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _squallAt = clock.GetUtcNow() + TimeSpan.FromSeconds(5);
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

            // The seed decides how many draws come before a request; which request it is, timing decides.
            var factor = IsSquall() ? SquallFactor : 1;
            var draw = _random.NextDouble() / factor;
            return Choose(draw);
        }
    }

    private Forecast Choose(double draw) => draw switch
    {
        < 0.0002 => new Forecast.StalledRequest(Stall),
        < 0.0004 => new Forecast.StalledAnswer(Stall),
        < 0.0044 => new Forecast.LostAnswer(),
        < 0.0060 => new Forecast.CutAnswer(),
        < 0.0090 => new Forecast.Reset(),
        < 0.0120 => new Forecast.Refused(503, "ServerBusy"),
        < 0.0145 => new Forecast.Refused(500, "InternalError"),
        < 0.0155 => new Forecast.Refused(500, "OperationTimedOut"),
        < 0.0165 => new Forecast.Refused(429, "TooManyRequests"),
        < 0.0600 => new Forecast.Delayed(TimeSpan.FromMilliseconds(_random.Next(5, 400))),
        _ => new Forecast.Fair(),
    };

    private bool IsSquall()
    {
        var now = clock.GetUtcNow();
        if (now >= _squallAt)
        {
            Squalls++;
            _squallUntil = now + TimeSpan.FromSeconds(2 + (_random.NextDouble() * 4));
            _squallAt = _squallUntil + TimeSpan.FromSeconds(15 + (_random.NextDouble() * 15));
        }

        return now < _squallUntil;
    }
}
