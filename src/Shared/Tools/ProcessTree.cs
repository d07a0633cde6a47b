using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Holdfast.Tools;

/// <summary>
/// Ends a process with everything it started. Children are found by parentage; on Linux also those that cut themselves loose from it
/// (a daemon, a background job of a shell that is gone), by a mark that every process inherits in its environment. One that also
/// empties its environment escapes.
/// </summary>
internal static class ProcessTree
{
    /// <summary>The variable that carries the mark.</summary>
    public const string MarkVariable = "HOLDFAST_CALL";

    // Each round may find what was started while the one before ended its parent.
    private const int MaxRounds = 20;

    /// <summary>Ends the process and its descendants. What is gone already is no fault.</summary>
    public static void End(Process process, string mark)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception fault) when (fault is InvalidOperationException or Win32Exception or AggregateException)
        {
            // Gone meanwhile, or partly: what is left is found by its mark.
        }

        EndMarked(mark);
    }

    /// <summary>Ends what is left of a process that has exited.</summary>
    public static void EndMarked(string mark)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        for (var round = 0; round < MaxRounds; round++)
        {
            var left = Marked(mark).ToList();
            if (left.Count == 0)
            {
                return;
            }

            left.ForEach(End);
        }
    }

    private static void End(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // Gone meanwhile.
        }
    }

    private static IEnumerable<int> Marked(string mark)
    {
        var entry = Encoding.UTF8.GetBytes($"{MarkVariable}={mark}\0");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && id != Environment.ProcessId
                && Environ(folder).AsSpan().IndexOf(entry) >= 0)
            {
                yield return id;
            }
        }
    }

    // Empty for another user's process, for one that is gone, and for a zombie.
    private static byte[] Environ(string folder)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, "environ"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
