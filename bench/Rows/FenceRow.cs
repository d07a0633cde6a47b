using System.Globalization;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Holdfast.Bench.Fixtures;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Storage.AzureBlobs;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Bench.Rows;

/// <summary>
/// Row 11: what a refused append costs (refusal, gap, verdict, lease, append again) on a long transcript and on a short one.
/// </summary>
internal static class FenceRow
{
    private const double MaxRatio = 1.1;
    private const int ShortBytes = 10 * 1024;
    private const int LongBytes = 100 * 1024 * 1024;
    private const int BlockBytes = 128 * 1024;

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchFixture fixture, BenchOptions options)
    {
        const string Container = "fence";
        var blobs = await fixture.OpenBlobsAsync(Container);
        var raw = new BlobContainerClient(fixture.Azurite.ConnectionString, Container);
        var (shortOne, longOne) = (await OpenAsync(blobs, raw, ShortBytes), await OpenAsync(blobs, raw, LongBytes));
        var (shortTimes, longTimes) = (new Samples(), new Samples());
        var rounds = options.IsQuick ? 40 : 150;
        for (var round = -20; round < rounds; round++)
        {
            var (shortTime, longTime) = (await CheckAsync(shortOne, raw, round), await CheckAsync(longOne, raw, round));
            if (round >= 0)
            {
                shortTimes.Add(shortTime);
                longTimes.Add(longTime);
            }
        }

        await raw.DeleteAsync();
        var ratio = longTimes.Median / shortTimes.Median;
        return
        [
            new BenchRow(
                11,
                "fence on a transcript of 100 MB against one of 10 KB",
                [BenchFigure.Of(string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} ×"), "≤ 1.1 ×", ratio <= MaxRatio)],
                "none",
                [$"100 MB: {longTimes}", $"10 KB: {shortTimes}", "refused append → gap → verdict → lease → append; in turns on both"])
            {
                Reason = "Azurite finds a place in a long file more slowly than in a short one",
            },
        ];
    }

    private static async Task<TimeSpan> CheckAsync(FencedTranscript transcript, BlobContainerClient raw, int round)
    {
        // The same metadata again: the version changes, the claim stays, and the next append is refused.
        var blob = raw.GetBlobClient(transcript.Path.Value);
        var properties = (await blob.GetPropertiesAsync()).Value;
        await blob.SetMetadataAsync(
            properties.Metadata, new BlobRequestConditions { LeaseId = transcript.Lease.Value, IfMatch = properties.ETag });
        var entry = new TranscriptEntry.Custom("holdfast/bench", "{}")
        {
            Id = EntryId.OfDelivery(string.Create(CultureInfo.InvariantCulture, $"{transcript.Path}:{round}")),
            WrittenAt = DateTimeOffset.UtcNow,
        };
        var started = TimeProvider.System.GetTimestamp();
        var outcome = await transcript.AppendAsync([entry], CancellationToken.None);
        var took = TimeProvider.System.GetElapsedTime(started);
        return outcome is FencedOutcome.Appended && transcript.LastVerdict is not null
            ? took
            : throw new InvalidOperationException($"The fence was not asked, or closed: {outcome}.");
    }

    /// <summary>A claimed transcript of this length whose writer holds its fold, as a warm one does.</summary>
    private static async Task<FencedTranscript> OpenAsync(AzureBlobContainer blobs, BlobContainerClient raw, int bytes)
    {
        var session = IdSource.System.NewSessionId();
        var path = TranscriptPaths.Segment(session, segment: 0);
        await blobs.CreateAppendAsync(path, OwnershipMetadata.Unclaimed(session, 0).ToMetadata(), CancellationToken.None);
        var filler = LeaseId.Parse("6f1f0c5e-0d3c-4d0a-8a44-1f3b0c7f5a12");
        await blobs.AcquireLeaseAsync(path, filler, TimeSpan.FromSeconds(60), CancellationToken.None);
        var etag = (await blobs.ReadAsync(path, 0, 0, CancellationToken.None))!.ETag;
        var length = 0L;
        while (length < bytes)
        {
            var block = LineOf((int)Math.Min(BlockBytes, bytes - length));
            var written = (BlobWriteOutcome.Written)await blobs.AppendAsync(
                path, block, new AppendCondition(etag, length, filler), CancellationToken.None);
            (etag, length) = (written.ETag, written.Length);
        }

        await blobs.ReleaseLeaseAsync(path, filler, CancellationToken.None);
        var cache = new ConversationCache(1024);
        cache.Store(session, 0, Conversation.Empty, length);
        var claimer = new SessionClaimer(
            blobs,
            new TranscriptReader(blobs, cache),
            IdSource.System,
            Options.Create(new LeaseOptions()),
            Options.Create(new TranscriptOptions { RollAtBytes = long.MaxValue }),
            TimeProvider.System,
            NullLogger<SessionClaimer>.Instance);
        var run = RunId.First(DeliveryId.Parse("bench:" + session.Value).Turn);
        return await claimer.ClaimAsync(run, session, 0, CancellationToken.None) is ClaimOutcome.Claimed claimed
            ? claimed.Transcript
            : throw new InvalidOperationException("The bench's own transcript could not be claimed.");
    }

    private static byte[] LineOf(int bytes) =>
        Encoding.UTF8.GetBytes($$"""{"type":"custom","data":"{{new string('x', Math.Max(0, bytes - 28))}}"}""" + "\n");
}
