using System.Diagnostics;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Holdfast.Storage;
using Holdfast.Storage.AzureBlobs;

namespace Holdfast.Bench.Stage;

/// <summary>
/// The storage calls that a warm turn makes one after the other, made by nobody but this loop: what the turn would take if the app
/// itself took no time. Same client, same conditions, bodies of the same order of size. Calls that the app makes at once count once.
/// </summary>
internal sealed class OwnTrips(AzureBlobContainer blobs, BlobContainerClient engine, string name = "trips")
{
    private static readonly LeaseId Lease = LeaseId.Parse("6f1f0c5e-0d3c-4d0a-8a44-1f3b0c7f5a11");
    private static readonly byte[] Message = Encoding.UTF8.GetBytes(new string('m', 600));
    private static readonly byte[] Line = Encoding.UTF8.GetBytes(new string('l', 700) + "\n");
    private readonly BlobPath _transcript = BlobPath.Parse($"{name}/transcript.jsonl");
    private readonly BlobPath _key = BlobPath.Parse($"{name}/key.json");
    private BlobETag _etag = BlobETag.Parse("none");
    private int _round;
    private long _length;

    /// <summary>Accepting: delivery record, pending message, start of the orchestration.</summary>
    public Samples Accept { get; } = new();

    /// <summary>From the answer to the request on the model's wire.</summary>
    public Samples ToModel { get; } = new();

    /// <summary>From the model's last byte to the request on the channel's wire.</summary>
    public Samples ToHandOn { get; } = new();

    /// <summary>Every call's own time, by its kind.</summary>
    public SortedDictionary<string, Samples> ByKind { get; } = new(StringComparer.Ordinal);

    public async Task PrepareAsync()
    {
        var created = await blobs.CreateAppendAsync(_transcript, new Dictionary<string, string> { ["owner"] = "nobody" }, CancellationToken.None);
        _etag = EtagOf(created);
        await blobs.CreateAsync(_key, Message, CancellationToken.None);
    }

    /// <summary>One turn's worth.</summary>
    public async Task RunAsync()
    {
        var folder = $"{name}/{++_round:D5}/";
        var inbox = BlobPath.Parse(folder + "inbox.json");
        var receipt = BlobPath.Parse(folder + "receipt.json");
        var history = engine.GetAppendBlobClient(folder + "history.jsonl");

        var accept = Stopwatch.GetTimestamp();
        await TimedAsync("create", () => blobs.CreateAsync(BlobPath.Parse(folder + "delivery.json"), Message, CancellationToken.None));
        await TimedAsync("create", () => blobs.CreateAsync(inbox, Message, CancellationToken.None));
        var version = await TimedAsync("engine create", () => StartHistoryAsync(history));
        Accept.Add(Stopwatch.GetElapsedTime(accept));

        var toModel = Stopwatch.GetTimestamp();
        version = await TimedAsync("engine append", () => AppendHistoryAsync(history, version));
        await TimedAsync("list", () => ListAsync(folder));
        await Task.WhenAll(
            TimedAsync("read (none)", () => blobs.ReadAsync(receipt, 0, null, CancellationToken.None)),
            TimedAsync("read", () => blobs.ReadAsync(_key, 0, null, CancellationToken.None)));
        version = await TimedAsync("engine append", () => AppendHistoryAsync(history, version));
        await AppendAsync(await ClaimAsync());
        ToModel.Add(Stopwatch.GetElapsedTime(toModel));

        var toHandOn = Stopwatch.GetTimestamp();
        await AppendAsync(_etag);
        await TimedAsync("engine append", () => AppendHistoryAsync(history, version));
        await TimedAsync("read tail", () => blobs.ReadAsync(_transcript, _length, null, CancellationToken.None));
        await TimedAsync("create", () => blobs.CreateAsync(BlobPath.Parse(folder + "outbox.json"), Message, CancellationToken.None));
        ToHandOn.Add(Stopwatch.GetElapsedTime(toHandOn));

        await blobs.ReleaseLeaseAsync(_transcript, Lease, CancellationToken.None);
    }

    private async Task<BlobETag> ClaimAsync()
    {
        await TimedAsync("lease", () => blobs.AcquireLeaseAsync(_transcript, Lease, TimeSpan.FromSeconds(60), CancellationToken.None));
        var view = await TimedAsync("read tail", () => blobs.ReadAsync(_transcript, _length, null, CancellationToken.None));
        var claim = new Dictionary<string, string> { ["owner"] = $"round{_round}" };
        return EtagOf(await TimedAsync("metadata", () => blobs.SetMetadataAsync(_transcript, claim, view!.ETag, Lease, CancellationToken.None)));
    }

    private async Task AppendAsync(BlobETag etag)
    {
        var written = await TimedAsync("append", () => blobs.AppendAsync(_transcript, Line, new AppendCondition(etag, _length, Lease), CancellationToken.None));
        _length += Line.Length;
        _etag = EtagOf(written);
    }

    private async Task<bool> ListAsync(string folder)
    {
        var any = false;
        await foreach (var row in blobs.ListAsync(folder + "inbox", CancellationToken.None))
        {
            any = true;
        }

        return any;
    }

    private static async Task<(ETag ETag, long Length)> StartHistoryAsync(AppendBlobClient history)
    {
        var options = new AppendBlobCreateOptions
        {
            Metadata = new Dictionary<string, string> { ["start"] = new string('s', 500) },
            Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All },
        };
        return ((await history.CreateAsync(options)).Value.ETag, 0);
    }

    private static async Task<(ETag ETag, long Length)> AppendHistoryAsync(AppendBlobClient history, (ETag ETag, long Length) version)
    {
        using var content = new MemoryStream(Line, writable: false);
        var conditions = new AppendBlobRequestConditions { IfMatch = version.ETag, IfAppendPositionEqual = version.Length };
        var appended = await history.AppendBlockAsync(content, new AppendBlobAppendBlockOptions { Conditions = conditions });
        return (appended.Value.ETag, version.Length + Line.Length);
    }

    private async Task<T> TimedAsync<T>(string kind, Func<Task<T>> call)
    {
        var started = Stopwatch.GetTimestamp();
        var result = await call();
        if (!ByKind.TryGetValue(kind, out var samples))
        {
            ByKind[kind] = samples = new Samples();
        }

        samples.Add(Stopwatch.GetElapsedTime(started));
        return result;
    }

    private static BlobETag EtagOf(BlobWriteOutcome outcome) =>
        outcome is BlobWriteOutcome.Written written ? written.ETag : throw new InvalidOperationException($"A call of the bench's own was refused: {outcome}.");
}
