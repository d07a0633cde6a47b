using System.Text.Json;

namespace Holdfast.Conventions.Tests;

/// <summary>Restores are pinned, and no lock file names a host.</summary>
public static class LockFileRules
{
    /// <summary>A project without a packages.lock.json beside it.</summary>
    public static IReadOnlyList<string> Missing(IEnumerable<TreeFile> files)
    {
        var paths = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return [.. files.Where(
            file => file.Name.EndsWith(".csproj", StringComparison.Ordinal) && !paths.Contains(file.Folder + "/packages.lock.json"))
            .Select(file => file.Path)];
    }

    /// <summary>A package of an npm lock file that says where it was downloaded from.</summary>
    public static IReadOnlyList<string> Addresses(TreeFile npmLock)
    {
        using var document = JsonDocument.Parse(npmLock.Text);
        return [.. document.RootElement.GetProperty("packages").EnumerateObject()
            .Where(package => package.Value.TryGetProperty("resolved", out _)).Select(package => package.Name)];
    }
}
