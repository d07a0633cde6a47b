using System.Globalization;
using Holdfast.Storage;

namespace Holdfast.Tests.Faults.Proof;

/// <summary>
/// Takes snapshots of every transcript segment while a run goes on, and says which later one did not begin with the earlier (I6). Looks
/// at the service itself, past all faults.
/// </summary>
public sealed class TranscriptWatch(IBlobContainer blobs)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (BlobETag ETag, ReadOnlyMemory<byte> Content)> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _broken = [];

    public int Snapshots { get; private set; }

    /// <summary>Looks that the service did not answer.</summary>
    public int Missed { get; private set; }

    /// <summary>A sentence for each snapshot that was no continuation.</summary>
    public IReadOnlyList<string> Broken => _broken;

    /// <summary>Ends when <paramref name="stop"/> fires, after one last look.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await TryLookAsync();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Everything is at rest now.
        }

        await LookAsync();
    }

    /// <summary>
    /// On a machine that is busy with other things the service may be slow for a while; the next look compares all the same.
    /// </summary>
    private async Task TryLookAsync()
    {
        try
        {
            await LookAsync();
        }
        catch (StorageUnavailableException)
        {
            Missed++;
        }
    }

    public async Task LookAsync()
    {
        var there = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in blobs.ListAsync("sessions/", CancellationToken.None))
        {
            there.Add(row.Path.Value);
            if (_seen.TryGetValue(row.Path.Value, out var seen) && seen.ETag == row.ETag)
            {
                continue;
            }

            if (await blobs.ReadAsync(row.Path, 0, null, CancellationToken.None) is { } snapshot)
            {
                Compare(row.Path.Value, snapshot);
            }
        }

        _broken.AddRange(_seen.Keys.Where(path => !there.Contains(path)).Select(path => $"{path} is gone"));
    }

    private void Compare(string path, BlobSnapshot snapshot)
    {
        Snapshots++;
        var before = _seen.TryGetValue(path, out var seen) ? seen.Content : ReadOnlyMemory<byte>.Empty;
        if (!snapshot.Content.Span.StartsWith(before.Span))
        {
            _broken.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {snapshot.Content.Length} bytes do not begin with the {before.Length} that stood there before; they part at "
                    + $"byte {snapshot.Content.Span.CommonPrefixLength(before.Span)}"));
        }

        _seen[path] = (snapshot.ETag, snapshot.Content);
    }
}
