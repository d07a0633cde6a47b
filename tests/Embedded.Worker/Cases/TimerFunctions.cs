using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Embedded.Worker.Tests;

public sealed class MinuteTimer(Probe probe)
{
    [Function("minute")]
    public void Run([TimerTrigger("0 * * * * *")] TimerInfo timer)
        => probe.Events.Enqueue($"{timer.ScheduleStatus!.Last:HH:mm:ss} {timer.ScheduleStatus.Next:HH:mm:ss} {timer.IsPastDue}");
}

public sealed class FrequentTimer(Probe probe)
{
    [Function("frequent")]
    public void Run([TimerTrigger("%Test:Schedule%")] TimerInfo timer) => probe.Events.Enqueue(timer.ScheduleStatus is null ? "no status" : "status");
}

public sealed class StartupTimer(Probe probe)
{
    [Function("startup")]
    public void Run([TimerTrigger("0 0 0 * * *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer)
        => probe.Events.Enqueue(timer.ScheduleStatus is null ? "no status" : "status");
}

public sealed class SlowTimer(Probe probe)
{
    [Function("slow-timer")]
    public async Task Run([TimerTrigger("00:01:00")] TimerInfo timer, CancellationToken cancellationToken)
    {
        probe.Events.Enqueue("begin");
        await probe.Gate.WaitAsync(cancellationToken);
        probe.Events.Enqueue("end");
    }
}

public sealed class FailingTimer(Probe probe)
{
    [Function("failing")]
    public void Run([TimerTrigger("0 * * * * *")] TimerInfo timer)
    {
        probe.Events.Enqueue("tried");
        throw new InvalidOperationException("each time");
    }
}

public sealed class YearlyTimer(Probe probe)
{
    [Function("yearly")]
    public void Run([TimerTrigger("0 0 0 1 1 *")] TimerInfo timer) => probe.Events.Enqueue($"{timer.ScheduleStatus!.Next:yyyy-MM-dd}");
}
