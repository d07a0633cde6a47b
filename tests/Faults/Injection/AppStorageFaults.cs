namespace Holdfast.Tests.Faults.Injection;

/// <summary>The faults of the app's own blobs. A spell is a squall of some seconds, in which faults come much more often.</summary>
public sealed class AppStorageFaults(int seed, TimeProvider clock) : StorageFaults(
    Seeds.Random(seed), clock, new SpellPlan(TimeSpan.FromSeconds(5), Length: new Span(2, 6), Pause: new Span(15, 30)))
{
    /// <summary>Longer than the app's network timeout and than its leases.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);

    private const double SquallFactor = 30;

    protected override Forecast Choose(
        double draw, TimeSpan restOfSpell) => (restOfSpell > TimeSpan.Zero ? draw / SquallFactor : draw) switch
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
            < 0.0600 => Delay(),
            _ => new Forecast.Fair(),
        };
}
