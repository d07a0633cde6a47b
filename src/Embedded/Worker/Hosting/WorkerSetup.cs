using System.Reflection;

namespace Holdfast.Embedded.Hosting;

/// <summary>What a worker takes from its process.</summary>
/// <param name="ApplicationName">The entry assembly's name.</param>
/// <param name="Types">Where functions are looked for: every type of the entry assembly.</param>
/// <param name="CurrentDirectory">The content root, if host.json lies there.</param>
/// <param name="BaseDirectory">The content root otherwise.</param>
/// <param name="Extensions">Trigger families that are not built in.</param>
/// <param name="Output">Where the addresses are announced.</param>
internal sealed record WorkerSetup(
    string ApplicationName,
    IReadOnlyList<Type> Types,
    string CurrentDirectory,
    string BaseDirectory,
    IReadOnlyList<IEmbeddedExtension> Extensions,
    TextWriter Output)
{
    /// <exception cref="HostStartException">The process has no entry assembly, or an extension is none.</exception>
    public static WorkerSetup OfProcess()
    {
        var entry = Assembly.GetEntryAssembly() ?? throw new HostStartException("The process has no entry assembly to take functions from.");
        return new WorkerSetup(
            entry.GetName().Name!,
            entry.GetTypes(),
            Environment.CurrentDirectory,
            AppContext.BaseDirectory,
            ExtensionLoader.Load(AppContext.BaseDirectory),
#pragma warning disable RS0030 // Harnesses read the port from standard output, whatever logging is set to.
            Console.Out);
#pragma warning restore RS0030
    }
}
