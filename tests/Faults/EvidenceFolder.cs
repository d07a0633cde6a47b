using Holdfast.Harness;
using Holdfast.Storage;

namespace Holdfast.Tests.Faults;

/// <summary>Keeps what a run left, for whoever looks for the cause: blobs as files, logs, the chronicle and the report.</summary>
internal static class EvidenceFolder
{
    /// <summary>Copies every blob; called while the store is still there.</summary>
    public static async Task KeepBlobsAsync(Stage stage)
    {
        foreach (var name in await stage.ListAsync(""))
        {
            if (await stage.Blobs.ReadAsync(BlobPath.Parse(name), 0, null, CancellationToken.None) is { } snapshot)
            {
                var file = Path.Combine(stage.Folder, "blobs", name);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllBytesAsync(file, snapshot.Content);
            }
        }
    }

    public static void KeepWords(string folder, RunResult result)
    {
        File.WriteAllLines(Path.Combine(folder, "chronicle.txt"), result.Chronicle.Lines);
        File.WriteAllLines(Path.Combine(folder, "report.txt"), RunReport.Of(result));
        foreach (var (name, lines) in result.Logs)
        {
            File.WriteAllLines(Path.Combine(folder, $"{name}.log"), lines);
        }
    }
}
