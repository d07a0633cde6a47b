using System.Diagnostics;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>
/// Runs what docs/contributing.md tells a newcomer to run. What would build, serve or test everything is run as far as its command line
/// goes, by one more switch: nothing here writes into the outputs that other suites are running from.
/// </summary>
public sealed partial class ContributingTests
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(60);

    private static string Page => RepositoryTree.FileAt("docs/contributing.md").Text;

    public static TheoryData<string> Commands => [.. Blocks().Matches(Page).SelectMany(block => block.Groups[1].Value.Trim().Split('\n'))];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_OfThePage_Works(string command)
    {
        var (exitCode, output) = await RunAsync(Harmless(command));

        exitCode.ShouldBe(0, $"{command}\n{output}");
        output.ShouldNotBeNullOrWhiteSpace(command);
    }

    [Fact]
    public void Commands_OfThePage_CoverWhatItPromises()
    {
        var commands = Commands.Select(row => row.Data).ToList();

        string[] promised = ["./dev test", "./dev explore", "./dev faults", "./dev mutate", "dotnet build", "tests/",
            "dotnet src/LocalHost/"];
        foreach (var start in promised)
        {
            commands.ShouldContain(command => command.StartsWith(start, StringComparison.Ordinal), start);
        }

        commands.ShouldContain(command => command.Contains("-waitForDebugger", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("./dev tests", false)]
    [InlineData("dotnet build tests/Nowhere -c Release", false)]
    [InlineData("dotnet build tests/Conventions -c Release --no-such-switch", false)]
    [InlineData("tests/Conventions/bin/Release/net10.0/Holdfast.Conventions.Tests -klass '*WordTests'", false)]
    [InlineData("dotnet src/LocalHost/bin/Release/net10.0/Nothing.dll", false)]
    [InlineData("./dev test", true)]
    public async Task Command_WhenItIsWrong_IsFound(string command, bool works) =>
        ((await RunAsync(Harmless(command))).ExitCode == 0).ShouldBe(works);

    [Fact]
    public void Files_ThatThePageNames_AreThere() =>
        Paths().Matches(Page).Select(match => match.Groups[1].Value).Distinct()
            .Where(path => !Directory.Exists(Full(path)) && !File.Exists(Full(path)) && !File.Exists(Full(path + ".cs")))
            .ShouldBeEmpty();

    private static string Full(string path) => Path.Combine(RepositoryTree.Root, path);

    /// <summary>The same command line, and a switch that keeps it from its work.</summary>
    private static string Harmless(string command) => command switch
    {
        "./dev help" => command,
        _ when command.StartsWith("./dev ", StringComparison.Ordinal) => command + " --help",
        _ when command.StartsWith("dotnet build Functions.sln ", StringComparison.Ordinal) => command + " -t:ValidateSolutionConfiguration",
        _ when command.StartsWith("dotnet build ", StringComparison.Ordinal) => command + " -getProperty:TargetPath",
        _ when command.StartsWith("dotnet restore ", StringComparison.Ordinal) => command + " --help",
        _ when command.StartsWith("dotnet src/", StringComparison.Ordinal) => command + " --help",
        // It waits until it is ended; what it says first is enough.
        _ when command.Contains(" -waitForDebugger", StringComparison.Ordinal) => $"timeout 15 {command} | grep 'Waiting for debugger'",
        _ => command,
    };

    private static async Task<(int ExitCode, string Output)> RunAsync(string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", command])
        {
            WorkingDirectory = RepositoryTree.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var bound = new CancellationTokenSource(EndsWithin);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(bound.Token), process.StandardError.ReadToEndAsync(bound.Token));
            await process.WaitForExitAsync(bound.Token);
            return (process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{command}' has not ended within {EndsWithin.TotalSeconds} s.");
        }
    }

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("`((?:src|tests|docs|bench|infra)/[A-Za-z0-9./]+?)`")]
    private static partial Regex Paths();
}
