using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Harness;

/// <summary>What the system knows of a running process. Linux only (/proc).</summary>
internal static class ProcessFigures
{
    /// <summary>User and system together, so far.</summary>
    public static TimeSpan CpuTime(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }

    /// <summary>The most memory that it ever held, in bytes.</summary>
    public static long PeakMemory(int id)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/status"))
            .First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        return long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^2],
            CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>SIGKILL; an id that is no process any more is fine.</summary>
    public static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It ended by itself.
        }
    }

    public static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
