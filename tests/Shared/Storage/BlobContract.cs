using System.Text;
using Holdfast.Storage;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>What every contract suite stands on: a container of its own, and short words for the usual steps.</summary>
public abstract class BlobContract(IBlobBackend backend, int listPageSize = 1000) : IAsyncLifetime
{
    protected static readonly CancellationToken None = CancellationToken.None;
    protected static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(60);
    protected static readonly LeaseId Ours = LeaseId.Parse("00000000-0000-0000-0000-00000000000a");
    protected static readonly LeaseId Theirs = LeaseId.Parse("00000000-0000-0000-0000-00000000000b");
    protected static readonly BlobETag OtherETag = BlobETag.Parse("0x8DFFFFFFFFFFFFF");
    protected static readonly BlobPath Path = BlobPath.Parse("sessions/s1/transcript-000001.jsonl");
    protected static readonly Dictionary<string, string> NoMetadata = [];

    protected bool ReadsAreAtomic => backend.ReadsAreAtomic;

    protected IBlobContainer Blobs { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Blobs = await backend.OpenAsync(listPageSize);

    public ValueTask DisposeAsync()
    {
        (Blobs as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(BlobSnapshot? snapshot) => Encoding.UTF8.GetString(snapshot.ShouldNotBeNull().Content.Span);

    protected static BlobWriteOutcome.Written Written(BlobWriteOutcome outcome) => outcome.ShouldBeOfType<BlobWriteOutcome.Written>();

    protected static BlobRefusal WhyRefused(BlobWriteOutcome outcome) => outcome.ShouldBeOfType<BlobWriteOutcome.Refused>().Why;

    protected async Task<BlobSnapshot> ReadAllAsync(BlobPath? path = null) =>
        (await Blobs.ReadAsync(path ?? Path, 0, null, None)).ShouldNotBeNull();

    /// <summary>An append blob with <paramref name="text"/> in it, free for everyone.</summary>
    protected async Task<BlobETag> AppendBlobAsync(string text, BlobPath? path = null)
    {
        var etag = Written(await Blobs.CreateAppendAsync(path ?? Path, NoMetadata, None)).ETag;
        if (text.Length == 0)
        {
            return etag;
        }

        await HoldAsync(Ours, path);
        var written = Written(await Blobs.AppendAsync(path ?? Path, Bytes(text), new AppendCondition(etag, 0, Ours), None));
        (await Blobs.ReleaseLeaseAsync(path ?? Path, Ours, None)).ShouldBe(LeaseOutcome.Free);
        return written.ETag;
    }

    /// <summary>
    /// An append blob with <paramref name="text"/> in it, leased by <see cref="Ours"/>, and what our next append is conditional on.
    /// </summary>
    protected async Task<AppendCondition> OwnAppendBlobAsync(string text, BlobPath? path = null)
    {
        var etag = await AppendBlobAsync(text, path);
        await HoldAsync(Ours, path);
        return new AppendCondition(etag, Encoding.UTF8.GetByteCount(text), Ours);
    }

    protected async Task HoldAsync(LeaseId lease, BlobPath? path = null) =>
        (await Blobs.AcquireLeaseAsync(path ?? Path, lease, LeaseLength, None)).ShouldBe(LeaseOutcome.Held);
}
