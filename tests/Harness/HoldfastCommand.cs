using Holdfast.Tests.Support;

namespace Holdfast.Harness;

/// <summary>A run of the <c>holdfast</c> command: what it wrote, to both outputs, and how it ended.</summary>
public sealed record HoldfastCommand(int ExitCode, IReadOnlyList<string> Lines)
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(60);

    public string Text => string.Join('\n', Lines);

    public static Task<HoldfastCommand> RunAsync(params IReadOnlyList<string> arguments) => RunInAsync(Path.GetTempPath(), arguments);

    public static async Task<HoldfastCommand> RunInAsync(string folder, IReadOnlyList<string> arguments)
    {
        await using var process = ChildProcess.Start("dotnet", [AssemblyPath, .. arguments], folder);
        var exitCode = await process.WaitForExitAsync(EndsWithin);
        return new HoldfastCommand(exitCode, process.Lines);
    }

    private static string AssemblyPath
    {
        get
        {
            var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
            return RepositoryRoot.PathOf($"src/Cli/bin/{configuration}/net10.0/holdfast.dll");
        }
    }
}
