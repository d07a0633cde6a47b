using System.Diagnostics;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Explorer.Breakages;

/// <summary>
/// A copy of the explorer beside a copy of src/Shared in which each <see cref="SourceBreakage"/> can be switched on. With none on, the
/// copy is the real code. Removed when disposed.
/// </summary>
internal sealed class BrokenLibrary : IDisposable
{
    private const string Project =
        """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <AssemblyName>Holdfast.Shared</AssemblyName>
            <RootNamespace>Holdfast</RootNamespace>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <LangVersion>latest</LangVersion>
            <ProduceReferenceAssembly>false</ProduceReferenceAssembly>
            <GenerateDependencyFile>false</GenerateDependencyFile>
            <Optimize>true</Optimize>
          </PropertyGroup>
          <ItemGroup>
            <FrameworkReference Include="Microsoft.AspNetCore.App" />
            <Reference Include="../app/*.dll" Exclude="../app/Holdfast.*.dll" />
            <Reference Include="../app/Holdfast.BedrockRuntime.dll" />
            <InternalsVisibleTo Include="Holdfast.Tests.Support" />
          </ItemGroup>
        </Project>
        """;

    private const string Switches =
        """
        namespace Holdfast;
        public static class BreakageSwitches
        {
            public static string On { get; set; } = "";
            public static bool Is(string name) => On == name;
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-broken-").FullName;

    /// <summary>The explorer beside the breakable code.</summary>
    public string Explorer => Path.Combine(_folder, "app", "Holdfast.Explorer.dll");

    /// <exception cref="InvalidOperationException">A breakage no longer fits the code, or the copy does not compile.</exception>
    public static BrokenLibrary Build()
    {
        var library = new BrokenLibrary();
        var source = Path.Combine(library._folder, "src");
        var app = Path.Combine(library._folder, "app");
        Copy(AppContext.BaseDirectory, app, "*", recursive: false);
        Copy(RepositoryRoot.PathOf("src", "Shared"), source, "*.cs", recursive: true);
        var files = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories);
        var real = new BreakableSource(files.Select(file => (file, File.ReadAllText(file))));
        foreach (var (file, text) in real.Break(SourceBreakage.All))
        {
            File.WriteAllText(file, text);
        }

        File.WriteAllText(Path.Combine(source, "BreakageSwitches.cs"), Switches);
        File.WriteAllText(Path.Combine(source, "Holdfast.Shared.csproj"), Project);
        File.WriteAllText(Path.Combine(source, "Directory.Build.props"), "<Project />");
        Compile(source, Path.Combine(library._folder, "out"));
        File.Copy(Path.Combine(library._folder, "out", "Holdfast.Shared.dll"), Path.Combine(app, "Holdfast.Shared.dll"), overwrite: true);
        return library;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Copy(string from, string to, string pattern, bool recursive)
    {
        var depth = recursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        foreach (var file in Directory.EnumerateFiles(from, pattern, depth))
        {
            var relative = Path.GetRelativePath(from, file);
            if (relative.Split(Path.DirectorySeparatorChar)[0] is not ("obj" or "bin"))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, relative))!);
                File.Copy(file, Path.Combine(to, relative), overwrite: true);
            }
        }
    }

    private static void Compile(string source, string output)
    {
        var start = new ProcessStartInfo("dotnet", ["build", source, "-c", "Release", "-o", output, "--nologo", "-v", "q", "-m:1"])
        {
            RedirectStandardOutput = true,
        };
        using var build = Process.Start(start)!;
        var text = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        if (build.ExitCode != 0)
        {
            throw new InvalidOperationException("The breakable copy does not compile: " + text);
        }
    }
}
