using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.SupportTests;

public sealed class ManualClockTests
{
    private readonly ManualClock _clock = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Advance_WhenSeveralTimersFallDue_FiresThemInOrderAtTheirTimes()
    {
        var start = _clock.GetUtcNow();
        using var late = Timer("late", 3);
        using var early = Timer("early", 1);
        using var alsoEarly = Timer("also early", 1);
        using var never = Timer("never", 10);

        _clock.Advance(TimeSpan.FromSeconds(5));

        _fired.ShouldBe(["early 1", "also early 1", "late 3"]);
        (_clock.GetUtcNow() - start).ShouldBe(TimeSpan.FromSeconds(5));
        _clock.ArmedTimers.ShouldBe(1);

        ITimer Timer(string name, int due) => _clock.CreateTimer(
            _ =>
                _fired.Add(
                    $"{name} {(_clock.GetUtcNow() - start).TotalSeconds}"), null, TimeSpan.FromSeconds(due), Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void Advance_WhenATimerIsPeriodic_FiresItAgainAndAgain()
    {
        using var timer = _clock.CreateTimer(_ => _fired.Add("tick"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(6));

        _fired.Count.ShouldBe(3);
    }

    [Fact]
    public void Advance_WhenACallbackArmsATimer_FiresThatToo()
    {
        ITimer? second = null;
        using var first = _clock.CreateTimer(
            _ => second = _clock.CreateTimer(_ => _fired.Add("second"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan),
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(2));

        _fired.ShouldBe(["second"]);
        second!.Dispose();
    }

    [Fact]
    public void Advance_WhenATimerIsDisposed_DoesNotFireIt()
    {
        _clock.CreateTimer(_ => _fired.Add("gone"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan).Dispose();

        _clock.Advance(TimeSpan.FromSeconds(2));

        _fired.ShouldBeEmpty();
    }

    [Fact]
    public async Task WaitForTimersAsync_WhenTheyAreArmedLater_Completes()
    {
        var armed = _clock.WaitForTimersAsync(2);
        var delays = Task.WhenAll(Task.Delay(TimeSpan.FromSeconds(1), _clock), Task.Delay(TimeSpan.FromSeconds(2), _clock));

        await armed;
        _clock.Advance(TimeSpan.FromSeconds(2));

        await delays.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void GetTimestamp_WhenTimeMoves_MovesAlike()
    {
        var started = _clock.GetTimestamp();

        _clock.Advance(TimeSpan.FromMilliseconds(1234));

        _clock.GetElapsedTime(started).ShouldBe(TimeSpan.FromMilliseconds(1234));
    }
}
