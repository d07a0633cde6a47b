namespace Holdfast.Tests.Faults.Injection;

/// <summary>
/// Decides by its seed what happens to each storage request: mostly single faults, which a client library's retries outlive, and now and
/// then a spell that no retry outlives. Safe for concurrent use.
/// </summary>
/// <param name="random">Decides how many draws come before a request; which request it is, timing decides.</param>
public abstract class StorageFaults(Random random, TimeProvider clock, SpellPlan plan)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _spellAt;
    private DateTimeOffset _spellUntil;
    private bool _isOver = true;

    /// <summary>Spells so far.</summary>
    public int Spells { get; private set; }

    /// <summary>From here on requests meet faults.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _spellAt = clock.GetUtcNow() + plan.FirstAfter;
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
            return _isOver ? new Forecast.Fair() : Choose(random.NextDouble(), RestOfSpell(clock.GetUtcNow()));
        }
    }

    /// <param name="draw">From 0 to 1.</param>
    /// <param name="restOfSpell">Not positive when there is none.</param>
    protected abstract Forecast Choose(double draw, TimeSpan restOfSpell);

    /// <summary>Slow, but no fault.</summary>
    protected Forecast Delay() => new Forecast.Delayed(TimeSpan.FromMilliseconds(random.Next(5, 400)));

    private TimeSpan RestOfSpell(DateTimeOffset now)
    {
        if (now >= _spellAt)
        {
            Spells++;
            _spellUntil = now + plan.Length.At(random.NextDouble());
            _spellAt = _spellUntil + plan.Pause.At(random.NextDouble());
        }

        return _spellUntil - now;
    }
}

/// <summary>When spells of bad faults come.</summary>
public sealed record SpellPlan(TimeSpan FirstAfter, Span Length, Span Pause);

/// <summary>From a shortest to a longest time, in seconds.</summary>
public readonly record struct Span(double Shortest, double Longest)
{
    /// <param name="part">From 0 to 1.</param>
    public TimeSpan At(double part) => TimeSpan.FromSeconds(Shortest + (part * (Longest - Shortest)));
}
