using System.Globalization;
using System.Runtime.Versioning;
using Holdfast.Sessions;
using Holdfast.Tools;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Tools;

[SupportedOSPlatform("linux")] // Real executables at their Linux paths.
public sealed class ExecToolTests : IDisposable
{
    private readonly ExecToolFixture _exec = new();

    public void Dispose() => _exec.Dispose();

    [Fact]
    public async Task RunAsync_WhenTheCommandSucceeds_GivesExitCodeAndOutput()
    {
        var outcome = await _exec.RunAsync("echo", "hello", "world");

        outcome.ShouldBe(new ToolOutcome.Succeeded("exit code 0\nstdout:\nhello world"));
        outcome.IsError.ShouldBeFalse();
    }

    [Fact]
    public async Task RunAsync_WhenArgumentsLookLikeShell_PassesThemAsTheyAre() =>
        (await _exec.RunAsync("echo", "$HOME", "; rm -rf *", "`id`", "a  b", "", "\"q\" 'q' \\")).Text
            .ShouldBe("exit code 0\nstdout:\n$HOME ; rm -rf * `id` a  b  \"q\" 'q' \\");

    [Fact]
    public async Task RunAsync_WhenTheCommandFails_ReportsExitCodeAndBothStreams()
    {
        var outcome = await _exec.RunAsync("sh", "-c", "echo out; echo err >&2; exit 3");

        outcome.ShouldBe(new ToolOutcome.Failed("exit code 3\nstdout:\nout\nstderr:\nerr"));
        outcome.IsError.ShouldBeTrue();
    }

    [Fact]
    public async Task RunAsync_WhenTheCommandSaysNothing_HasATextAllTheSame() =>
        (await _exec.RunAsync("false")).ShouldBe(new ToolOutcome.Failed("exit code 1"));

    [Fact]
    public async Task RunAsync_WhenTheCommandIsNotListed_IsDeniedAndNamesThoseThatAre()
    {
        var outcome = await _exec.RunAsync("rm", "-rf", "/");

        outcome.ShouldBeOfType<ToolOutcome.Denied>().Text.ShouldContain("echo, env");
        Directory.Exists(Path.Combine(_exec.Root, "work")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("/bin/echo")]
    [InlineData("../bin/echo")]
    [InlineData("ECHO")]
    [InlineData("echo ")]
    public async Task RunAsync_WhenTheCommandIsAnotherSpelling_IsDenied(string command) =>
        (await _exec.RunAsync(command)).ShouldBeOfType<ToolOutcome.Denied>();

    [Fact]
    public async Task RunAsync_WhenAnArgumentBreaksTheRules_IsDeniedWithItsPlace()
    {
        (await _exec.RunAsync("ruled", "fine", "NOT")).ShouldBeOfType<ToolOutcome.Denied>().Text.ShouldStartWith("Argument 2 of ruled");
        (await _exec.RunAsync("ruled", "fine\n")).ShouldBeOfType<ToolOutcome.Denied>();
        (await _exec.RunAsync("ruled", "fine")).ShouldBeOfType<ToolOutcome.Succeeded>();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{ "command": 1 }""")]
    [InlineData("""{ "command": " " }""")]
    [InlineData("""{ "command": "echo", "args": "a" }""")]
    [InlineData("""{ "command": "echo", "args": [1] }""")]
    [InlineData("""{ "command": "echo", "args": null }""")]
    [InlineData("""{ "command": "echo", "args": ["a\u0000b"] }""")]
    [InlineData("""{ "command": "echo", "arguments": ["a"] }""")]
    public async Task RunAsync_WhenTheInputIsWrong_TellsTheModelWhatIsExpected(string input)
    {
        var failed = (await _exec.RunInputAsync(input)).ShouldBeOfType<ToolOutcome.Failed>();

        failed.Text.ShouldContain("\"args\"");
    }

    [Fact]
    public async Task RunAsync_WhenTheInputWasNoJson_IsAToolResultToo() =>
        (await _exec.Tool.RunAsync(new ToolCall("call-1", ExecToolFixture.Session, default), CancellationToken.None))
            .ShouldBeOfType<ToolOutcome.Failed>().Text.ShouldContain("no JSON object");

    [Fact]
    public async Task RunAsync_WhenTheExecutableIsGone_IsNotStarted() =>
        (await _exec.RunAsync("gone")).ShouldBeOfType<ToolOutcome.Failed>().Text.ShouldEndWith("could not be started.");

    [Fact]
    public async Task RunAsync_WhenArgumentsAreTooLongForTheSystem_IsNotStarted() =>
        (await _exec.RunAsync("echo", new string('x', 4 * 1024 * 1024)))
            .ShouldBeOfType<ToolOutcome.Failed>().Text.ShouldEndWith("could not be started.");

    [Fact]
    public async Task RunAsync_WhenACommandReadsItsInput_FindsItClosed() =>
        (await _exec.RunAsync("cat")).ShouldBe(new ToolOutcome.Succeeded("exit code 0"));

    [Fact]
    public async Task RunAsync_WhenACommandLooksAround_SeesTheAllowedVariablesOnly()
    {
        var lines = (await _exec.RunAsync("env")).Text.Split('\n')[2..];

        lines.Select(line => line.Split('=')[0]).ShouldBe(["PATH", "HOME", "TMPDIR", "HOLDFAST_CALL"], ignoreOrder: true);
    }

    [Fact]
    public async Task RunAsync_WhenSessionsDiffer_EachHasItsFolderBelowTheRoot()
    {
        await _exec.RunAsync("touch", "mine");
        var first = (await _exec.RunAsync("pwd")).Text.Split('\n')[^1];
        var second = (await _exec.RunAsync(SessionId.Parse("22222222222222222222222222222222"), "pwd", [])).Text.Split('\n')[^1];

        Path.GetDirectoryName(first).ShouldBe(Path.Combine(_exec.Root, "work"));
        second.ShouldNotBe(first);
        File.Exists(Path.Combine(first, "mine")).ShouldBeTrue();
        Directory.EnumerateFileSystemEntries(second).ShouldBeEmpty();
        File.GetUnixFileMode(first).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task RunAsync_WhenOutputIsLong_KeepsTheFirstBytesAndCountsTheRest()
    {
        using var exec = new ExecToolFixture { MaxOutputBytes = 300 };

        var text = (await exec.RunAsync("head", "-c", "1000000", "/dev/zero")).Text;

        text.Count(character => character == '\0').ShouldBe(300);
        text.ShouldEndWith("\n[999700 more bytes not shown]");
    }

    [Fact]
    public async Task RunAsync_WhenOutputIsCutWithinACharacter_DropsItsFirstBytes()
    {
        using var exec = new ExecToolFixture { MaxOutputBytes = 4 };

        (await exec.RunAsync("printf", "ab€c")).Text.ShouldBe("exit code 0\nstdout:\nab\n[2 more bytes not shown]");
    }

    [Fact]
    public async Task RunAsync_WhenOutputIsNoUtf8_ReplacesWhatIsWrong() =>
        (await _exec.RunAsync("printf", @"a\377b\342\202")).Text.ShouldBe("exit code 0\nstdout:\na\uFFFDb\uFFFD");

    [Fact]
    public async Task RunAsync_WhenItLogs_NeverTellsArgumentsOrOutput()
    {
        await _exec.RunAsync("echo", "a-private-word");
        await _exec.RunAsync("ruled", "A-PRIVATE-WORD");
        await _exec.RunAsync("a-private-word");

        _exec.Log.Count.ShouldBe(3);
        _exec.Log.ShouldAllBe(line => !line.Contains("private", StringComparison.OrdinalIgnoreCase));
        _exec.Log[0].ShouldContain("15 bytes");
    }

    [Fact]
    public void Definition_WhenOffered_ListsTheCommands()
    {
        var command = _exec.Tool.Definition.InputSchema.GetProperty("properties").GetProperty("command");

        command.GetProperty("enum").EnumerateArray().Select(name => name.GetString()).ShouldContain("echo");
        _exec.Tool.Definition.Description.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"{_exec.Timeout.TotalSeconds} s"));
        _exec.Tool.HasSideEffects.ShouldBeTrue();
    }
}
