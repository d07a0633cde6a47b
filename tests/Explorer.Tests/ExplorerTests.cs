using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.ExplorerRuns;

/// <summary>Every schedule of a fixed part, and that a broken one would be seen and replays.</summary>
public sealed class ExplorerTests
{
    [Fact]
    public async Task Explore_WhenTheCodeIsWhole_FindsNoBrokenPromise()
    {
        var (exitCode, output) = await RunAsync("--states", "1000", "--seconds", "300", "--faults", "1");

        exitCode.ShouldBe(0, output);
        output.ShouldContain("0 families with a violation");
    }

    [Fact]
    public async Task Explore_WhenFaultsAreAllowed_GoesThroughWholeFamilies()
    {
        var (exitCode, output) = await RunAsync("--family", "stub", "--states", "6000", "--seconds", "120", "--faults", "2");

        exitCode.ShouldBe(0, output);
        output.ShouldContain("distinct states");
    }

    [Theory]
    [InlineData("AppendWithoutETag", "zombie", "I8")]
    [InlineData("LeaseBrokenWithoutRight", "foreign", "I7")]
    [InlineData("OutboxCreatedTwice", "finish", "I4")]
    public async Task Explore_WhenAConditionIsDropped_NamesThePromiseAndASeedThatReplaysIt(string breakage, string family, string promise)
    {
        var (exitCode, output) = await RunAsync("--family", family, "--break", breakage, "--seconds", "60", "--faults", "1");
        exitCode.ShouldBe(1, output);
        var seed = output.Split("--seed ")[1].Split('\n')[0].Trim();

        var (_, again) = await RunAsync("--break", breakage, "--seed", seed);

        VerdictOf(again).ShouldBe(VerdictOf(output));
        VerdictOf(again).ShouldStartWith(promise);
    }

    /// <summary>A proof that sees nothing proves nothing. Bounded by states, so that a slow machine sees as much as a fast one.</summary>
    [Fact]
    public async Task Breakages_Always_AreAllSeen()
    {
        var (exitCode, output) = await RunAsync("--breakages");

        exitCode.ShouldBe(0, output);
        output.Split('\n').Count(line => line.Contains(" → ", StringComparison.Ordinal)).ShouldBeGreaterThan(25);
        output.ShouldContain("\n0 breakages not seen");
    }

    private static string VerdictOf(string output) => output.Split("VIOLATION ")[1].Split('\n')[0];

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Holdfast.Explorer.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var explorer = Process.Start(start)!;
        var error = explorer.StandardError.ReadToEndAsync();
        var output = await explorer.StandardOutput.ReadToEndAsync();
        await explorer.WaitForExitAsync();
        return (explorer.ExitCode, output + await error);
    }
}
