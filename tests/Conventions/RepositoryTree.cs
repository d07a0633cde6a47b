namespace Holdfast.Conventions.Tests;

/// <summary>A text file of the tree.</summary>
/// <param name="Path">Path below the root, with forward slashes.</param>
/// <param name="Text">The whole content.</param>
public sealed record TreeFile(string Path, string Text)
{
    /// <summary>The name without folders.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The folder below the root, without a slash at the end.</summary>
    public string Folder => Path.Contains('/') ? Path[..Path.LastIndexOf('/')] : string.Empty;

    /// <summary>The lines, without their ends.</summary>
    public IReadOnlyList<string> Lines => Text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}

/// <summary>The repository's own files, without what .gitignore leaves out.</summary>
public static class RepositoryTree
{
    private static readonly HashSet<string> IgnoredFolders = ["bin", "obj", "node_modules", "artifacts", ".holdfast", ".git", ".vs",
        ".idea"];
    private static readonly HashSet<string> IgnoredFiles = [".git", "local.settings.json", "node_modules"];
    private static readonly HashSet<string> BinaryEndings = [".png", ".ico", ".gz", ".zip", ".dll", ".pdf"];

    /// <summary>The folder that holds Functions.sln, above the test's own binaries.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    private static readonly Lazy<IReadOnlyList<TreeFile>> AllFiles = new(() => [.. Walk(Root, Root)]);

    /// <summary>Every text file, read once.</summary>
    public static IReadOnlyList<TreeFile> Files => AllFiles.Value;

    /// <summary>The files below one of the folders whose name ends in <paramref name="ending"/>.</summary>
    public static IReadOnlyList<TreeFile> Below(string ending, params string[] folders) =>
        [.. Files.Where(file => file.Path.EndsWith(ending, StringComparison.Ordinal)
            && folders.Any(folder => file.Path.StartsWith(folder + "/", StringComparison.Ordinal)))];

    /// <summary>One file by its path below the root.</summary>
    /// <exception cref="FileNotFoundException">The tree has no such file.</exception>
    public static TreeFile FileAt(string path) =>
        Files.FirstOrDefault(file => file.Path == path) ?? throw new FileNotFoundException("The tree has no such file.", path);

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("No folder above the tests holds Functions.sln.");
    }

    private static IEnumerable<TreeFile> Walk(string root, string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (!IgnoredFiles.Contains(name) && !name.EndsWith(".user", StringComparison.Ordinal)
                && !BinaryEndings.Contains(Path.GetExtension(name)))
            {
                yield return new TreeFile(Path.GetRelativePath(root, path).Replace('\\', '/'), File.ReadAllText(path));
            }
        }

        foreach (var path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            if (IgnoredFolders.Contains(Path.GetFileName(path)))
            {
                continue;
            }

            foreach (var file in Walk(root, path))
            {
                yield return file;
            }
        }
    }
}
