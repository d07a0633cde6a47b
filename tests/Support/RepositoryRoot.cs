namespace Holdfast.Tests.Support;

/// <summary>Where this repository lies, found upwards from the running tests.</summary>
public static class RepositoryRoot
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The folder of Functions.sln.</summary>
    public static string Folder => Found.Value;

    /// <summary>A path below the root.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Functions.sln above {AppContext.BaseDirectory}.");
    }
}
