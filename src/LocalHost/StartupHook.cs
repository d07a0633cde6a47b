using System.Diagnostics;

/// <summary>
/// Runs inside the worker: the runtime loads it there because the host names it in <see cref="Variable"/>, so that no app needs to know. A
/// worker whose host has gone would otherwise live on for hours, with nobody to report to.
/// </summary>
/// <remarks>
/// Standard input is a pipe whose other end only the host's process holds: it ends with that process, by whatever that ends. The worker
/// then ends at once, as by a power cut, and its work is run again by the next host. Name and shape are the runtime's.
/// </remarks>
internal static class StartupHook
{
    internal const string Variable = "DOTNET_STARTUP_HOOKS";

    public static void Initialize()
    {
#pragma warning disable RS0030 // There is no host's configuration in this process.
        var own = typeof(StartupHook).Assembly.Location;
        var others = Environment.GetEnvironmentVariable(Variable)?.Split(Path.PathSeparator).Where(hook => hook != own) ?? [];
#pragma warning restore RS0030
        // What the worker starts in turn has a standard input of its own.
        Environment.SetEnvironmentVariable(Variable, string.Join(Path.PathSeparator, others));
        // A thread of its own: the read blocks for as long as both processes live.
        new Thread(Watch) { IsBackground = true, Name = "Host guard" }.Start();
    }

    private static void Watch()
    {
#pragma warning disable RS0030 // The host's pipe is this process's standard input.
        using var input = Console.OpenStandardInput();
#pragma warning restore RS0030
        while (input.ReadByte() >= 0)
        {
            // Nothing is said here; only the end counts.
        }

        Process.GetCurrentProcess().Kill();
    }
}
