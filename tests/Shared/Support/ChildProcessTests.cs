using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.SupportTests;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task WaitForLineAsync_WhenTheLineComes_GivesIt()
    {
        await using var child = Shell("echo one; echo two >&2; sleep 60");

        (await child.WaitForLineAsync(line => line.StartsWith('t'), Soon)).ShouldBe("two");
        (await child.WaitForLineAsync(line => line == "one", Soon)).ShouldBe("one");
    }

    [Fact]
    public async Task WaitForLineAsync_WhenTheProcessEndsWithoutIt_SaysSoWithItsOutput()
    {
        await using var child = Shell("echo only this; exit 3");

        var fault = await Should.ThrowAsync<TimeoutException>(() => child.WaitForLineAsync(line => line == "that", Soon));

        fault.Message.ShouldContain("only this");
        (await child.WaitForExitAsync(Soon)).ShouldBe(3);
    }

    [Fact]
    public async Task Terminate_WhenTheProcessHandlesIt_LetsItEnd()
    {
        await using var child = Shell("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        await child.WaitForLineAsync(line => line == "ready", Soon);

        child.Terminate();

        await child.WaitForLineAsync(line => line == "bye", Soon);
        (await child.WaitForExitAsync(Soon)).ShouldBe(0);
    }

    [Fact]
    public async Task Kill_WhenTheProcessWouldHandleSignals_EndsItAtOnce()
    {
        await using var child = Shell("trap 'echo bye' TERM INT; echo ready; while :; do sleep 0.05; done");
        await child.WaitForLineAsync(line => line == "ready", Soon);

        child.Kill();

        (await child.WaitForExitAsync(Soon)).ShouldBe(128 + 9);
        child.Lines.ShouldNotContain("bye");
    }

    [Fact]
    public async Task Resume_AfterPause_LetsTheProcessGoOn()
    {
        await using var child = Shell("echo ready; read line; echo \"got $line\"; sleep 60");
        await child.WaitForLineAsync(line => line == "ready", Soon);

        child.Pause();
        await Eventually.BecomesTrueAsync(() => StateOf(child.Id) == 'T', Soon, "frozen");
        child.Resume();

        await Eventually.BecomesTrueAsync(() => StateOf(child.Id) != 'T', Soon, "going on");
    }

    [Fact]
    public async Task DisposeAsync_WhenTheProcessIsFrozen_EndsItAllTheSame()
    {
        var child = Shell("echo ready; sleep 60");
        await child.WaitForLineAsync(line => line == "ready", Soon);
        child.Pause();

        await child.DisposeAsync();

        Directory.Exists($"/proc/{child.Id}").ShouldBeFalse();
    }

    private static ChildProcess Shell(string script) => ChildProcess.Start("/bin/sh", ["-c", script]);

    /// <summary>R, S, T … from <c>/proc/ID/stat</c>, after the name in brackets.</summary>
    private static char StateOf(int id)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        return stat[stat.LastIndexOf(')') + 2];
    }
}
