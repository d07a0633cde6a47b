namespace Holdfast.Embedded.Worker.Tests;

/// <summary>A content root of its own.</summary>
internal sealed class WorkerFolder : IDisposable
{
    public WorkerFolder(params (string Name, string Content)[] files)
    {
        Path = Directory.CreateTempSubdirectory("holdfast-worker-").FullName;
        foreach (var (name, content) in files)
        {
            File.WriteAllText(System.IO.Path.Combine(Path, name), content);
        }
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
