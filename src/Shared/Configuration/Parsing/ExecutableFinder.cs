namespace Holdfast.Configuration.Parsing;

/// <summary>Finds executables once, at start, so that nothing that happens to PATH or a working folder later changes what is run.</summary>
internal static class ExecutableFinder
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <param name="given">An absolute path, or a name without folders.</param>
    /// <param name="searchPath">The value of PATH; its relative entries are passed over.</param>
    /// <returns>The absolute path, or null.</returns>
    public static string? Find(string given, string? searchPath)
    {
        if (Path.IsPathFullyQualified(given))
        {
            return IsExecutable(given) ? given : null;
        }

        if (given != Path.GetFileName(given))
        {
            return null;
        }

        return (searchPath ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified)
            .SelectMany(folder => OperatingSystem.IsWindows()
                ? new[] { Path.Combine(folder, given), Path.Combine(folder, given + ".exe") }
                : [Path.Combine(folder, given)])
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0);
}
