namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>A folder of Bicep files for one test; gone with it.</summary>
public sealed class BicepFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-bicep-");

    /// <returns>The file's full path.</returns>
    public string Write(string path, string text)
    {
        var full = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
