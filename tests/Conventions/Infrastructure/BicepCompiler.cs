using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>What a call of the compiler gave.</summary>
/// <param name="Output">Its standard output.</param>
/// <param name="Diagnostics">
/// Each line of its standard error: warnings leave the exit code at 0, so the exit code says little. A failure without a word is a
/// diagnostic of its own.
/// </param>
public sealed record BicepResult(string Output, IReadOnlyList<string> Diagnostics);

/// <summary>The Bicep compiler. Works without a network: our files call no module of a registry.</summary>
/// <param name="path">The executable, without an ending.</param>
public sealed class BicepCompiler(string path)
{
    /// <summary>Far beyond the second or two that a call takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The compiler of the package that this project downloads; where that lies is written into the assembly by the build.
    /// </summary>
    public static BicepCompiler OfPackage { get; } = new(typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "BicepCompiler").Value!);

    /// <summary>Compiles and lints a .bicep or .bicepparam file; the output is JSON.</summary>
    public BicepResult Build(string file) =>
        Run(file.EndsWith(".bicepparam", StringComparison.Ordinal) ? "build-params" : "build", file, "--stdout", "--no-restore");

    /// <exception cref="FileNotFoundException">The package is not there.</exception>
    public BicepResult Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable(), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var bicep = Process.Start(start)!;
        var output = bicep.StandardOutput.ReadToEndAsync();
        var errors = bicep.StandardError.ReadToEndAsync();
        if (!bicep.WaitForExit(Patience))
        {
            bicep.Kill(entireProcessTree: true);
            throw new TimeoutException($"The Bicep compiler did not end within {Patience}: {string.Join(' ', arguments)}");
        }

        var diagnostics = errors.Result.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new BicepResult(
            output.Result,
            bicep.ExitCode != 0 && diagnostics.Length == 0
                ? [string.Create(CultureInfo.InvariantCulture, $"bicep {string.Join(' ', arguments)}: exit code {bicep.ExitCode}")]
                : diagnostics);
    }

    private string Executable()
    {
        var file = OperatingSystem.IsWindows() ? path + ".exe" : path;
        if (!File.Exists(file))
        {
            throw new FileNotFoundException(
                "The Bicep compiler is not there, so infra/ was not checked. It comes with a NuGet package that 'dotnet restore "
                    + "tests/Conventions' fetches.", file);
        }

        // A package holds no modes.
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(file) is var mode && !mode.HasFlag(UnixFileMode.UserExecute))
        {
            File.SetUnixFileMode(file, mode | UnixFileMode.UserExecute);
        }

        return file;
    }
}
