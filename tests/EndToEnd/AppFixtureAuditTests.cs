using Holdfast.Harness;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>What every fixture ends with can fail.</summary>
public sealed class AppFixtureAuditTests
{
    [Fact]
    public async Task DisposeAsync_WhenATranscriptIsBroken_SaysWhere()
    {
        var fixture = await AppFixture.SetUpAsync();
        var session = SessionId.Parse(new string('7', 32));
        var path = TranscriptPaths.Segment(session, 0);
        var created = (
            await fixture.Blobs.CreateAppendAsync(path, OwnershipMetadata.Unclaimed(session, 0).ToMetadata(), CancellationToken.None))
            .ShouldBeOfType<BlobWriteOutcome.Written>();
        var lease = IdSource.System.NewLeaseId();
        await fixture.Blobs.AcquireLeaseAsync(path, lease, TimeSpan.FromSeconds(15), CancellationToken.None);
        await fixture.Blobs.AppendAsync(
            path, "{\"type\":"u8.ToArray(), new AppendCondition(created.ETag, 0, lease), CancellationToken.None);

        var fault = await Should.ThrowAsync<InvalidDataException>(async () => await fixture.DisposeAsync());

        fault.Message.ShouldContain($"I6: {session} 0:1 the last line is cut off: it has no line feed");
    }
}
