using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Holdfast.Tools;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Tools;

/// <summary>
/// However a call ends, nothing that it started goes on. The seconds to sleep are odd numbers by which the processes are found.
/// </summary>
[SupportedOSPlatform("linux")] // Real executables at their Linux paths.
public sealed class ExecToolEndTests
{
    private readonly string _seconds = string.Create(
        CultureInfo.InvariantCulture, $"6{Environment.ProcessId}.{Stopwatch.GetTimestamp() % 1_000_000_000}");

    [Fact]
    public async Task RunAsync_WhenTheCommandHangs_IsStoppedWithWhatItSaid()
    {
        using var exec = new ExecToolFixture { Timeout = TimeSpan.FromMilliseconds(500) };

        var outcome = await exec.RunAsync("sh", "-c", $"echo begun; exec sleep {_seconds}");

        outcome.ShouldBeOfType<ToolOutcome.TimedOut>();
        outcome.Text.ShouldBe("stopped after 0.5 s\nstdout:\nbegun");
        outcome.IsError.ShouldBeTrue();
        ExecToolFixture.IsRunning(_seconds).ShouldBeFalse();
    }

    [Theory]
    [InlineData("sleep {0}; true")]
    [InlineData("sh -c 'sleep {0}; true'; true")]
    [InlineData("(sh -c 'sleep {0} & wait' &) ; sleep {0}")]
    [InlineData("setsid sleep {0} & sleep {0}")]
    public async Task RunAsync_WhenATreeHangs_AllOfItEnds(string script)
    {
        using var exec = new ExecToolFixture { Timeout = TimeSpan.FromMilliseconds(500) };

        var run = exec.RunAsync("sh", "-c", string.Format(CultureInfo.InvariantCulture, script, _seconds));
        (await ExecToolFixture.BecomesAsync(() => ExecToolFixture.IsRunning($"sleep\0{_seconds}"))).ShouldBeTrue();

        (await run).ShouldBeOfType<ToolOutcome.TimedOut>();
        (await ExecToolFixture.BecomesAsync(() => !ExecToolFixture.IsRunning(_seconds))).ShouldBeTrue();
    }

    [Fact]
    public async Task RunAsync_WhenACommandLeavesAJobBehind_EndsTheJobAndSucceeds()
    {
        using var exec = new ExecToolFixture();

        var outcome = await exec.RunAsync("sh", "-c", $"sleep {_seconds} & echo done");

        outcome.ShouldBe(new ToolOutcome.Succeeded("exit code 0\nstdout:\ndone"));
        (await ExecToolFixture.BecomesAsync(() => !ExecToolFixture.IsRunning(_seconds))).ShouldBeTrue();
    }

    [Fact]
    public async Task RunAsync_WhenAJobHidesAndHoldsThePipe_DoesNotWaitForIt()
    {
        using var exec = new ExecToolFixture();
        var watch = Stopwatch.StartNew();

        var outcome = await exec.RunAsync("sh", "-c", $"env -i sleep {_seconds} & sleep 0.2; echo $!");
        var text = outcome.ShouldBeOfType<ToolOutcome.Succeeded>().Text;
        using var hidden = Process.GetProcessById(int.Parse(text.Split('\n')[^1], CultureInfo.InvariantCulture));
        hidden.Kill();

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task RunAsync_WhenTheTurnIsGivenUp_EndsTheTreeAndThrows()
    {
        using var exec = new ExecToolFixture();
        using var cancellation = new CancellationTokenSource();
        var run = exec.RunAsync(ExecToolFixture.Session, "sh", ["-c", $"sleep {_seconds}; true"], cancellation.Token);
        (await ExecToolFixture.BecomesAsync(() => ExecToolFixture.IsRunning($"sleep\0{_seconds}"))).ShouldBeTrue();

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(run);
        (await ExecToolFixture.BecomesAsync(() => !ExecToolFixture.IsRunning(_seconds))).ShouldBeTrue();
    }

    [Fact]
    public async Task RunAsync_WhenTheTurnIsGivenUpBefore_StartsNothing()
    {
        using var exec = new ExecToolFixture();

        await Should.ThrowAsync<OperationCanceledException>(
            exec.RunAsync(ExecToolFixture.Session, "touch", ["x"], new CancellationToken(canceled: true)));

        Directory.Exists(Path.Combine(exec.Root, "work")).ShouldBeFalse();
    }
}
