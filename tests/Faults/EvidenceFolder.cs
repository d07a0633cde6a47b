using Holdfast.Harness;
using Holdfast.Storage;

namespace Holdfast.Tests.Faults;

/// <summary>Keeps what a run left, for whoever looks for the cause: blobs as files, logs, the log and the report.</summary>
internal static class EvidenceFolder
{
    /// <summary>Copies every blob; called while the store is still there.</summary>
    public static async Task KeepBlobsAsync(AppFixture fixture)
    {
        foreach (var name in await fixture.ListAsync(""))
        {
            if (await fixture.Blobs.ReadAsync(BlobPath.Parse(name), 0, null, CancellationToken.None) is { } snapshot)
            {
                var file = Path.Combine(fixture.Folder, "blobs", name);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllBytesAsync(file, snapshot.Content);
            }
        }
    }

    public static void KeepWords(string folder, RunResult result)
    {
        File.WriteAllLines(Path.Combine(folder, "faults.txt"), result.FaultLog.Lines);
        File.WriteAllLines(Path.Combine(folder, "report.txt"), RunReport.Of(result));
        foreach (var (name, lines) in result.Logs)
        {
            File.WriteAllLines(Path.Combine(folder, $"{name}.log"), lines);
        }
    }
}
