using System.Globalization;
using Holdfast.Harness;
using Holdfast.Storage;

namespace Holdfast.Demo.Showing;

/// <summary>Where a demo's files lie: <c>holdfast-demo/{time}-{process}</c> in the temporary folder. The newest few are kept.</summary>
internal static class DemoFolder
{
    private const int Kept = 5;

    public static string Create()
    {
        var root = Path.Combine(Path.GetTempPath(), "holdfast-demo");
        var folder = Path.Combine(
            root, string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}"));
        Directory.CreateDirectory(folder);
        foreach (var old in Directory.GetDirectories(root).Order(StringComparer.Ordinal).Reverse().Skip(Kept))
        {
            Directory.Delete(old, recursive: true);
        }

        return folder;
    }

    /// <summary>Writes a session's transcript out of the store into a plain file.</summary>
    /// <returns>The file, and its bytes.</returns>
    public static async Task<(string File, ReadOnlyMemory<byte> Content)> CopyTranscriptAsync(
        AppFixture fixture, string name, BlobPath transcript)
    {
        var snapshot = await fixture.Blobs.ReadAsync(transcript, 0, null, CancellationToken.None)
            ?? throw new InvalidDataException($"There is no {transcript.Value}.");
        var folder = Directory.CreateDirectory(Path.Combine(fixture.Folder, "transcripts"));
        var file = Path.Combine(folder.FullName, name + ".jsonl");
        await File.WriteAllBytesAsync(file, snapshot.Content);
        return (file, snapshot.Content);
    }
}
