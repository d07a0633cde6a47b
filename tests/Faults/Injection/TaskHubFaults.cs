namespace Holdfast.Tests.Faults.Injection;

/// <summary>
/// The faults of the Durable engine: of queues, tables and the blobs of its own. A spell is a stall, in which no request passes, as when a
/// partition of the service moves. The engine does each thing at least once, so an answer that is lost is fair.
/// </summary>
public sealed class TaskHubFaults(int seed, TimeProvider clock) : StorageFaults(
    Seeds.Random(seed, Salt), clock, new SpellPlan(TimeSpan.FromSeconds(10), Length: new Span(3, 12), Pause: new Span(25, 55)))
{
    /// <summary>Longer than a work item stays hidden (15 s) and than the lease of a control queue's owner.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(40);

    /// <summary>Sets this faults's chance apart from that of the app's storage.</summary>
    private const int Salt = 77;

    protected override Forecast Choose(double draw, TimeSpan restOfSpell) => draw switch
    {
        _ when restOfSpell > TimeSpan.Zero => new Forecast.Held(restOfSpell),
        < 0.0004 => new Forecast.StalledRequest(Stall),
        < 0.0008 => new Forecast.StalledAnswer(Stall),
        < 0.0038 => new Forecast.LostAnswer(),
        < 0.0048 => new Forecast.CutAnswer(),
        < 0.0068 => new Forecast.Reset(),
        < 0.0098 => new Forecast.Refused(503, "ServerBusy"),
        < 0.0128 => new Forecast.Refused(500, "InternalError"),
        < 0.0138 => new Forecast.Refused(500, "OperationTimedOut"),
        < 0.0500 => Delay(),
        _ => new Forecast.Fair(),
    };
}
