using System.Runtime.CompilerServices;
using Holdfast.Storage;

namespace Holdfast.Tests.Explorer.Engine;

/// <summary>
/// One actor's view of the world's blob service: each call stands still until the search decides its fate. The effect is one atomic
/// step, so a pause after it is the same as one before the actor's next call, except for what actors of one process share: then
/// <paramref name="pausesAfter"/> makes the answer a step of its own.
/// </summary>
internal sealed class ActorContainer(World world, Actor actor, bool pausesAfter) : IBlobContainer
{
    private IBlobContainer Service => world.Service;

    public Task EnsureExistsAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<BlobSnapshot?> ReadAsync(BlobPath path, long offset, int? maxBytes, CancellationToken cancellationToken) => CallAsync(
        BlobVerb.Read, path.Value, writes: false, () => Now(Service.ReadAsync(path, offset, maxBytes, CancellationToken.None)), PrintOf,
        cancellationToken);

    public Task<BlobWriteOutcome> CreateAsync(BlobPath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        WriteAsync(BlobVerb.Create, path, () => Service.CreateAsync(path, content, CancellationToken.None), cancellationToken);

    public Task<BlobWriteOutcome> ReplaceAsync(
        BlobPath path, ReadOnlyMemory<byte> content, BlobETag ifMatch, CancellationToken cancellationToken) =>
        WriteAsync(BlobVerb.Replace, path, () => Service.ReplaceAsync(path, content, ifMatch, CancellationToken.None), cancellationToken);

    public Task<BlobWriteOutcome> CreateAppendAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        WriteAsync(BlobVerb.CreateAppend, path, () => Service.CreateAppendAsync(path, metadata, CancellationToken.None), cancellationToken);

    public Task<BlobWriteOutcome> AppendAsync(
        BlobPath path, ReadOnlyMemory<byte> block, AppendCondition condition, CancellationToken cancellationToken) =>
        WriteAsync(BlobVerb.Append, path, () => Service.AppendAsync(path, block, condition, CancellationToken.None), cancellationToken);

    public Task<BlobWriteOutcome> SetMetadataAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, BlobETag ifMatch, LeaseId lease,
        CancellationToken cancellationToken) =>
        WriteAsync(
            BlobVerb.SetMetadata, path, () => Service.SetMetadataAsync(path, metadata, ifMatch, lease, CancellationToken.None),
            cancellationToken);

    public Task<BlobWriteOutcome> SealAsync(BlobPath path, BlobETag ifMatch, LeaseId lease, CancellationToken cancellationToken) =>
        WriteAsync(BlobVerb.Seal, path, () => Service.SealAsync(path, ifMatch, lease, CancellationToken.None), cancellationToken);

    public Task<BlobWriteOutcome> DeleteAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken) =>
        WriteAsync(BlobVerb.Delete, path, () => Service.DeleteAsync(path, ifMatch, CancellationToken.None), cancellationToken);

    public async IAsyncEnumerable<BlobListing> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var row in await CallAsync(BlobVerb.List, prefix, writes: false, () => world.List(prefix), PrintOf, cancellationToken))
        {
            yield return row;
        }
    }

    public Task<LeaseOutcome> AcquireLeaseAsync(BlobPath path, LeaseId proposed, TimeSpan duration, CancellationToken cancellationToken) =>
        LeaseAsync(
            BlobVerb.AcquireLease, path, () => Service.AcquireLeaseAsync(path, proposed, duration, CancellationToken.None),
            cancellationToken);

    public Task<LeaseOutcome> RenewLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken) =>
        LeaseAsync(BlobVerb.RenewLease, path, () => Service.RenewLeaseAsync(path, lease, CancellationToken.None), cancellationToken);

    public Task<LeaseOutcome> ReleaseLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken) =>
        LeaseAsync(BlobVerb.ReleaseLease, path, () => Service.ReleaseLeaseAsync(path, lease, CancellationToken.None), cancellationToken);

    public Task<LeaseOutcome> BreakLeaseAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken) =>
        LeaseAsync(
            BlobVerb.BreakLease, path, () => Service.BreakLeaseAsync(path, ifMatch, CancellationToken.None), cancellationToken, ifMatch);

    private Task<BlobWriteOutcome> WriteAsync(
        BlobVerb verb, BlobPath path, Func<Task<BlobWriteOutcome>> write, CancellationToken cancellationToken) =>
        CallAsync(
            verb,
            path.Value,
            writes: true,
            () =>
            {
                var outcome = Now(write());
                world.Changed(path, actor);
                return outcome;
            },
            outcome => outcome is BlobWriteOutcome.Refused refused
                ? Fingerprint.Empty.With((ulong)refused.Why)
                : world.PrintOf(path.Value).With(0xAAUL),
            cancellationToken);

    private Task<LeaseOutcome> LeaseAsync(
        BlobVerb verb, BlobPath path, Func<Task<LeaseOutcome>> call, CancellationToken cancellationToken, BlobETag? looked = null) =>
        CallAsync(
            verb, path.Value, writes: true, () => world.CallLease(path, actor, () => Now(call()), looked),
            outcome => Fingerprint.Empty.With((ulong)outcome), cancellationToken);

    private async Task<T> CallAsync<T>(
        BlobVerb verb, string name, bool writes, Func<T> effect, Func<T, Fingerprint> printOf, CancellationToken cancellationToken)
    {
        var label = Labels.Of(verb, name);
        var result = await actor.CallAsync(
            label, writes, effect, printOf, () => throw new StorageUnavailableException("503 ServerBusy, as the schedule wants it."),
            cancellationToken);
        return pausesAfter
            ? await actor.CallAsync(
                "answer of " + label, writes: false, () => result, _ => Fingerprint.Empty, () => result, CancellationToken.None)
            : result;
    }

    private Fingerprint PrintOf(BlobSnapshot? snapshot) => snapshot is null
        ? Fingerprint.Empty
        : world.PrintOfVersion(snapshot.ETag).With(snapshot.Length).With((ulong)snapshot.Content.Length).With(snapshot.IsLeased ? 1UL : 0);

    private Fingerprint PrintOf(IReadOnlyList<BlobListing> rows) =>
        rows.Aggregate(Fingerprint.Empty, (print, row) => print.With(row.Path.Value).With(world.PrintOfVersion(row.ETag).Value));

    /// <summary>The service in memory always answers at once.</summary>
    private static T Now<T>(Task<T> answered) => answered.GetAwaiter().GetResult();
}

/// <summary>Names of calls as a schedule prints them.</summary>
internal static class Labels
{
    private static readonly Dictionary<(BlobVerb, string), string> Known = [];

    public static string Of(BlobVerb verb, string name)
    {
        if (!Known.TryGetValue((verb, name), out var label))
        {
            Known[(verb, name)] = label = $"{verb} {Short(name)}";
        }

        return label;
    }

    public static string OfResult(object? result) => result switch
    {
        null => "nothing there",
        BlobSnapshot read =>
            $"{read.Length} bytes, {read.ETag}{(read.IsLeased ? ", leased" : "")}{(read.IsSealed ? ", sealed" : "")}"
                + $"{(read.Metadata.TryGetValue("epoch", out var epoch) ? $", epoch {epoch}" : "")}",
        BlobWriteOutcome.Written written => $"stands, {written.ETag}",
        BlobWriteOutcome.Refused refused => $"refused: {refused.Why}",
        IReadOnlyList<BlobListing> rows => $"{rows.Count} rows",
        _ => result.ToString() ?? "",
    };

    /// <summary>Long hashes are cut to their first digits.</summary>
    private static string Short(
        string name) =>
            string.Join(
                '/',
                name.Split('/')
                    .Select(part => part.Length > 40 ? part[..16] + "…" + part[^14..] : part.Length > 30 ? part[..8] + "…" : part));
}
