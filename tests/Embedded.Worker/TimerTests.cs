using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Worker.Tests;

public sealed class TimerTests
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 30, TimeSpan.Zero));
    private readonly Probe _probe = new();

    private Task<WorkerHost> StartAsync(Type type, params string[] args) => WorkerHost.StartAsync(
        [type],
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.Services.AddSingleton(_probe);
        },
        args: ["--port", "0", .. args]);

    private Task EventsAsync(int count) => Until.TrueAsync(() => _probe.Events.Count >= count, $"{count} runs happen, there are {_probe.Events.Count}");

    [Fact]
    public async Task Timer_WhenTimePasses_RunsAtEachOccurrenceWithItsStatus()
    {
        await using var worker = await StartAsync(typeof(MinuteTimer));
        await _time.AdvanceAsync(TimeSpan.FromSeconds(29));
        _probe.Events.ShouldBeEmpty();
        await _time.AdvanceAsync(TimeSpan.FromSeconds(1));
        await EventsAsync(1);
        await _time.AdvanceAsync(TimeSpan.FromSeconds(60));
        await EventsAsync(2);
        _probe.Events.ShouldBe(["00:00:00 00:01:00 False", "00:01:00 00:02:00 False"]);
    }

    [Fact]
    public async Task Timer_WhenScheduleIsASettingAndFrequent_KeepsNoStatus()
    {
        await using var worker = await StartAsync(typeof(FrequentTimer), "--Test:Schedule", "*/10 * * * * *");
        await _time.AdvanceAsync(TimeSpan.FromSeconds(10));
        await EventsAsync(1);
        _probe.Events.ShouldBe(["no status"]);
    }

    [Fact]
    public async Task Timer_WhenItRunsOnStartup_RunsOnceWithoutTimePassing()
    {
        await using var worker = await StartAsync(typeof(StartupTimer));
        await EventsAsync(1);
        await Until.TrueAsync(() => _time.Pending > 0, "the timer waits for midnight");
        _probe.Events.ShouldBe(["no status"]);
    }

    [Fact]
    public async Task Timer_WhenARunTakesLongerThanThePeriod_NeverOverlapsAndMakesUpOnce()
    {
        await using var worker = await StartAsync(typeof(SlowTimer));
        await _time.AdvanceAsync(TimeSpan.FromMinutes(1));
        await EventsAsync(1);
        _time.Advance(TimeSpan.FromMinutes(5));
        _probe.Events.ShouldBe(["begin"]);
        _probe.OpenGate();
        await EventsAsync(4);
        await Until.TrueAsync(() => _time.Pending > 0, "the timer waits again");
        _probe.Events.ShouldBe(["begin", "end", "begin", "end"]);
    }

    [Fact]
    public async Task Timer_WhenARunFails_LogsItAndGoesOn()
    {
        await using var worker = await StartAsync(typeof(FailingTimer));
        await _time.AdvanceAsync(TimeSpan.FromSeconds(30));
        await EventsAsync(1);
        await _time.AdvanceAsync(TimeSpan.FromSeconds(60));
        await EventsAsync(2);
        worker.Log.Lines.Count(line => line.Level == LogLevel.Error && line.Message.StartsWith("Function failing failed")).ShouldBe(2);
    }

    [Fact]
    public async Task Timer_WhenTheOccurrenceIsBeyondTheLongestWait_StillRunsOnTimeOnly()
    {
        await using var worker = await StartAsync(typeof(YearlyTimer));
        for (var day = 0; day < 364; day += 14)
        {
            await _time.AdvanceAsync(TimeSpan.FromDays(14));
        }

        _probe.Events.ShouldBeEmpty();
        await _time.AdvanceAsync(TimeSpan.FromDays(1));
        await EventsAsync(1);
        _probe.Events.ShouldBe(["2027-01-01"]);
    }

    [Fact]
    public async Task Stop_WhenATimerRuns_CancelsItAndWaits()
    {
        var worker = await StartAsync(typeof(SlowTimer));
        await _time.AdvanceAsync(TimeSpan.FromMinutes(1));
        await EventsAsync(1);
        await Until.CompletesAsync(worker.Host.StopAsync());
        _probe.Events.ShouldBe(["begin"]);
        worker.Log.Lines.ShouldNotContain(line => line.Level >= LogLevel.Warning);
        await worker.DisposeAsync();
    }
}
