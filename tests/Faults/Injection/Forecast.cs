namespace Holdfast.Tests.Faults.Injection;

/// <summary>What happens to one storage request.</summary>
public abstract record Forecast
{
    private Forecast()
    {
    }

    /// <summary>Passes.</summary>
    public sealed record Fair : Forecast;

    /// <summary>Passes after a while.</summary>
    public sealed record Delayed(TimeSpan By) : Forecast;

    /// <summary>Waits with all others of its kind for the end of a stall, and passes.</summary>
    public sealed record Held(TimeSpan For) : Forecast;

    /// <summary>The service is never asked; this is answered in its place.</summary>
    public sealed record Refused(int Status, string ErrorCode) : Forecast;

    /// <summary>The service is never asked; the connection breaks.</summary>
    public sealed record Reset : Forecast;

    /// <summary>The service acts; the connection breaks instead of its answer.</summary>
    public sealed record LostAnswer : Forecast;

    /// <summary>The service acts; half of its answer arrives.</summary>
    public sealed record CutAnswer : Forecast;

    /// <summary>
    /// The request reaches the service after this time, when the caller has long given up: it acts then, and nobody listens.
    /// </summary>
    public sealed record StalledRequest(TimeSpan For) : Forecast;

    /// <summary>The service acts at once; its answer would arrive after this time.</summary>
    public sealed record StalledAnswer(TimeSpan For) : Forecast;
}
