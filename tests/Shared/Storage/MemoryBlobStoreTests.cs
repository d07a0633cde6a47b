using Holdfast.Storage;
using Holdfast.Tests.Support;
using Holdfast.Tests.Support.Blobs;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>What the in-memory service has beyond the contract: a small block limit, copies, gates.</summary>
public sealed class MemoryBlobStoreTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly BlobPath Path = BlobPath.Parse("sessions/s1/transcript-000001.jsonl");
    private static readonly LeaseId Lease = LeaseId.Parse("00000000-0000-0000-0000-00000000000a");
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task AppendAsync_WhenTheBlobHasAllItsBlocks_IsRefusedAsFull()
    {
        var blobs = new MemoryBlobContainer(new MemoryBlobStore(_clock) { MaxBlocks = 2 });
        var condition = await LeasedAsync(blobs);
        condition = await AppendAsync(blobs, condition);
        condition = await AppendAsync(blobs, condition);

        (await blobs.AppendAsync(Path, new byte[1], condition, None)).ShouldBe(new BlobWriteOutcome.Refused(BlobRefusal.Full));
    }

    [Fact]
    public async Task Clone_WhenBothSidesAppend_KeepsThemApart()
    {
        var store = new MemoryBlobStore(_clock);
        var blobs = new MemoryBlobContainer(store);
        var condition = await LeasedAsync(blobs);
        for (var n = 0; n < 3; n++)
        {
            // Three bytes lie in a buffer of four: there is room that both sides could write to.
            condition = await AppendAsync(blobs, condition);
        }

        var copy = new MemoryBlobContainer(store.Clone(_clock));

        var here = await blobs.AppendAsync(Path, "h"u8.ToArray(), condition, None);
        var there = await copy.AppendAsync(Path, "e"u8.ToArray(), condition, None);

        (await blobs.ReadAsync(Path, 3, null, None))!.Content.ToArray().ShouldBe("h"u8.ToArray());
        (await copy.ReadAsync(Path, 3, null, None))!.Content.ToArray().ShouldBe("e"u8.ToArray());
        here.ShouldBe(there);
    }

    [Fact]
    public async Task ReadAsync_WhenTheBlobGrowsAfterwards_KeepsItsBytes()
    {
        var blobs = new MemoryBlobContainer(_clock);
        var condition = await AppendAsync(blobs, await LeasedAsync(blobs));
        var before = await blobs.ReadAsync(Path, 0, null, None);

        for (var n = 0; n < 50; n++)
        {
            condition = await AppendAsync(blobs, condition);
        }

        before!.Content.ToArray().ShouldBe(new byte[] { 1 });
        before.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Gate_WhenItThrowsBefore_TheCallHasNoEffect()
    {
        var store = new MemoryBlobStore(_clock);
        var blobs = new MemoryBlobContainer(store, new FailingGate(before: true));

        await Should.ThrowAsync<StorageUnavailableException>(() => blobs.CreateAsync(Path, new byte[1], None));

        (await new MemoryBlobContainer(store).ReadAsync(Path, 0, null, None)).ShouldBeNull();
    }

    [Fact]
    public async Task Gate_WhenItThrowsAfter_OnlyTheAnswerIsLost()
    {
        var store = new MemoryBlobStore(_clock);
        var blobs = new MemoryBlobContainer(store, new FailingGate(before: false));

        await Should.ThrowAsync<StorageUnavailableException>(() => blobs.CreateAsync(Path, new byte[1], None));

        (await new MemoryBlobContainer(store).ReadAsync(Path, 0, null, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Calls_WithoutAGate_CompleteAtOnce()
    {
        var blobs = new MemoryBlobContainer(_clock);

        var create = blobs.CreateAsync(Path, new byte[1], None);

        create.IsCompletedSuccessfully.ShouldBeTrue();
        await create;
    }

    private static async Task<AppendCondition> LeasedAsync(MemoryBlobContainer blobs)
    {
        var created = await blobs.CreateAppendAsync(Path, new Dictionary<string, string>(), None);
        await blobs.AcquireLeaseAsync(Path, Lease, BlobLimits.MaxLease, None);
        return new AppendCondition(created.ShouldBeOfType<BlobWriteOutcome.Written>().ETag, 0, Lease);
    }

    private static async Task<AppendCondition> AppendAsync(MemoryBlobContainer blobs, AppendCondition condition)
    {
        var written = (await blobs.AppendAsync(Path, new byte[] { 1 }, condition, None)).ShouldBeOfType<BlobWriteOutcome.Written>();
        return condition with { ETag = written.ETag, Position = written.Length };
    }

    private sealed class FailingGate(bool before) : IBlobGate
    {
        public ValueTask BeforeAsync(BlobCall blobCall) =>
            before ? throw new StorageUnavailableException("before") : ValueTask.CompletedTask;

        public ValueTask AfterAsync(BlobCall blobCall) => before ? ValueTask.CompletedTask : throw new StorageUnavailableException("after");
    }
}
