using System.Diagnostics;
using System.Text;
using Holdfast.Storage;
using Holdfast.Storage.AzureBlobs;

namespace Holdfast.Bench.Fixtures;

/// <summary>
/// The storage calls that a warm turn makes one after the other, made by nobody but this loop: what the turn would take if app, host and
/// engine themselves took no time. Same clients, same conditions, bodies of the same order of size. Calls that are made at once count once.
/// </summary>
internal sealed class TurnTrips(AzureBlobContainer blobs, EngineTrips engine, string name = "trips")
{
    private static readonly LeaseId Lease = LeaseId.Parse("6f1f0c5e-0d3c-4d0a-8a44-1f3b0c7f5a11");
    private static readonly byte[] Message = Encoding.UTF8.GetBytes(new string('m', 600));
    private static readonly byte[] Line = Encoding.UTF8.GetBytes(new string('l', 700) + "\n");
    private readonly BlobPath _transcript = BlobPath.Parse($"{name}/transcript.jsonl");
    private readonly BlobPath _key = BlobPath.Parse($"{name}/key.json");
    private BlobETag _etag = BlobETag.Parse("none");
    private int _round;
    private long _length;

    /// <summary>Accepting: delivery record, pending message, signal.</summary>
    public Samples Accept { get; } = new();

    /// <summary>The engine's part of the way to the model.</summary>
    public Samples Dispatch { get; } = new();

    /// <summary>From the answer to the request on the model's wire, the engine's part included.</summary>
    public Samples ToModel { get; } = new();

    /// <summary>From the model's last byte to the request on the channel's wire.</summary>
    public Samples ToHandOn { get; } = new();

    /// <summary>Every call's own time, by its kind.</summary>
    public SortedDictionary<string, Samples> ByKind { get; } = new(StringComparer.Ordinal);

    public static async Task<TurnTrips> PrepareAsync(BenchFixture fixture, AzureBlobContainer blobs, string name)
    {
        var engine = new EngineTrips(fixture.Azurite.ConnectionString, name);
        await engine.PrepareAsync();
        var trips = new TurnTrips(blobs, engine, name);
        var created = await blobs.CreateAppendAsync(
            trips._transcript, new Dictionary<string, string> { ["owner"] = "nobody" }, CancellationToken.None);
        trips._etag = EtagOf(created);
        await blobs.CreateAsync(trips._key, Message, CancellationToken.None);
        return trips;
    }

    /// <summary>One turn's worth.</summary>
    public async Task RunAsync()
    {
        var folder = $"{name}/{++_round:D5}/";
        var accept = Stopwatch.GetTimestamp();
        await TimedAsync("create", () => blobs.CreateAsync(BlobPath.Parse(folder + "delivery.json"), Message, CancellationToken.None));
        await TimedAsync("create", () => blobs.CreateAsync(BlobPath.Parse(folder + "inbox.json"), Message, CancellationToken.None));
        await engine.SignalAsync();
        Accept.Add(Stopwatch.GetElapsedTime(accept));

        var toModel = Stopwatch.GetTimestamp();
        var rest = await engine.DispatchAsync();
        Dispatch.Add(Stopwatch.GetElapsedTime(toModel));
        await TimedAsync("list", () => ListAsync(folder));
        await Task.WhenAll(
            TimedAsync("read (none)", () => blobs.ReadAsync(BlobPath.Parse(folder + "receipt.json"), 0, null, CancellationToken.None)),
            TimedAsync("read", () => blobs.ReadAsync(_key, 0, null, CancellationToken.None)));
        await AppendAsync(await ClaimAsync());
        ToModel.Add(Stopwatch.GetElapsedTime(toModel));
        await rest;

        var toHandOn = Stopwatch.GetTimestamp();
        await AppendAsync(_etag);
        await TimedAsync("create", () => blobs.CreateAsync(BlobPath.Parse(folder + "outbox.json"), Message, CancellationToken.None));
        ToHandOn.Add(Stopwatch.GetElapsedTime(toHandOn));

        await blobs.ReleaseLeaseAsync(_transcript, Lease, CancellationToken.None);
        await engine.TidyAsync();
    }

    private async Task<BlobETag> ClaimAsync()
    {
        await TimedAsync("lease", () => blobs.AcquireLeaseAsync(_transcript, Lease, TimeSpan.FromSeconds(60), CancellationToken.None));
        var view = await TimedAsync("read tail", () => blobs.ReadAsync(_transcript, _length, null, CancellationToken.None));
        var claim = new Dictionary<string, string> { ["owner"] = $"round{_round}" };
        return EtagOf(
            await TimedAsync("metadata", () => blobs.SetMetadataAsync(_transcript, claim, view!.ETag, Lease, CancellationToken.None)));
    }

    private async Task AppendAsync(BlobETag etag)
    {
        var written = await TimedAsync(
            "append", () => blobs.AppendAsync(_transcript, Line, new AppendCondition(etag, _length, Lease), CancellationToken.None));
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
        outcome is BlobWriteOutcome.Written written
            ? written.ETag
            : throw new InvalidOperationException($"A call of the bench's own was refused: {outcome}.");
}
