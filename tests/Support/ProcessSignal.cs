using System.Runtime.InteropServices;

namespace Holdfast.Tests.Support;

/// <summary>Signals to a process by its id. Unix only.</summary>
public static class ProcessSignal
{
    public const int Terminate = 15;

    /// <summary>Freezes it; its sockets stay open. The number differs between Linux and macOS.</summary>
    public static readonly int Stop = OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>Ends <see cref="Stop"/>.</summary>
    public static readonly int Continue = OperatingSystem.IsMacOS() ? 19 : 18;

    /// <returns>False when there is no such process, or it is somebody else's.</returns>
    public static bool TrySend(int process, int signal) => SendSignal(process, signal) == 0;

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);
}
