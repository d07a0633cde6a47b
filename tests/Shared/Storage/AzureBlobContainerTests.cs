using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Holdfast.Storage;
using Holdfast.Storage.AzureBlobs;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>What only the real implementation has: a network that fails, and an SDK that tries again.</summary>
public sealed class AzureBlobContainerTests(SharedAzurite azurite)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly BlobPath Path = BlobPath.Parse("sessions/s1/transcript-000001.jsonl");
    private static readonly LeaseId Lease = LeaseId.Parse("00000000-0000-0000-0000-00000000000a");
    private static readonly AppendCondition Condition = new(BlobETag.Parse("0x0"), 0, Lease);
    private static readonly byte[] Block = "text"u8.ToArray();

    [Fact]
    public async Task AppendAsync_WhenTheAnswerIsLost_IsRefusedOnItsOwnSuccess()
    {
        await using var proxy = LoopbackProxy.StartFor((await azurite.GetAsync()).Endpoint);
        using var calls = new StorageCallCounter();
        using var blobs = AzureContainers.Open(Azurite.ConnectionStringVia(proxy.Endpoint), azurite.NextContainerName(), Quickly, calls);
        var condition = await LeasedAsync(blobs);

        proxy.LoseNextAnswers(1);
        var outcome = await blobs.AppendAsync(Path, Block, condition, None);

        outcome.ShouldBe(new BlobWriteOutcome.Refused(BlobRefusal.ConditionNotMet));
        (proxy.AnswersLost, calls.Retries).ShouldBe((1, 1));
        (await blobs.ReadAsync(Path, 0, null, None))!.Content.ToArray().ShouldBe(Block);
    }

    [Fact]
    public async Task CreateAsync_WhenTheAnswerIsLost_IsRefusedOnItsOwnSuccess()
    {
        await using var proxy = LoopbackProxy.StartFor((await azurite.GetAsync()).Endpoint);
        using var blobs = AzureContainers.Open(Azurite.ConnectionStringVia(proxy.Endpoint), azurite.NextContainerName(), Quickly);
        await blobs.EnsureExistsAsync(None);

        proxy.LoseNextAnswers(1);
        var outcome = await blobs.CreateAsync(Path, Block, None);

        outcome.ShouldBe(new BlobWriteOutcome.Refused(BlobRefusal.AlreadyExists));
        (await blobs.ReadAsync(Path, 0, null, None))!.Content.ToArray().ShouldBe(Block);
    }

    [Fact]
    public async Task AcquireLeaseAsync_WhenTheAnswerIsLost_HoldsAllTheSame()
    {
        await using var proxy = LoopbackProxy.StartFor((await azurite.GetAsync()).Endpoint);
        using var blobs = AzureContainers.Open(Azurite.ConnectionStringVia(proxy.Endpoint), azurite.NextContainerName(), Quickly);
        await LeasedAsync(blobs);
        await blobs.ReleaseLeaseAsync(Path, Lease, None);

        proxy.LoseNextAnswers(1);

        (await blobs.AcquireLeaseAsync(Path, Lease, BlobLimits.MaxLease, None)).ShouldBe(LeaseOutcome.Held);
        proxy.AnswersLost.ShouldBe(1);
    }

    [Fact]
    public async Task AppendAsync_WhenEveryAnswerIsLost_IsAFaultThatMayHaveTakenEffect()
    {
        await using var proxy = LoopbackProxy.StartFor((await azurite.GetAsync()).Endpoint);
        using var blobs = AzureContainers.Open(
            Azurite.ConnectionStringVia(proxy.Endpoint), azurite.NextContainerName(), options => Quickly(options, retries: 1));
        var condition = await LeasedAsync(blobs);

        proxy.LoseNextAnswers(2);
        await Should.ThrowAsync<StorageUnavailableException>(() => blobs.AppendAsync(Path, Block, condition, None));

        proxy.AnswersLost.ShouldBe(2);
        (await blobs.ReadAsync(Path, 0, null, None))!.Content.ToArray().ShouldBe(Block);
    }

    [Fact]
    public async Task AppendAsync_WhenTheServiceIsBusyTwice_IsTriedAgain()
    {
        var busy = ScriptedBlobService.Fails(503, "ServerBusy");
        await using var service = await ScriptedBlobService.StartAsync(busy, busy, ScriptedBlobService.Appended);
        using var calls = new StorageCallCounter();
        using var blobs = AzureContainers.Open(Azurite.ConnectionStringVia(service.Endpoint), "test", Quickly, calls);

        var outcome = await blobs.AppendAsync(Path, Block, Condition, None);

        outcome.ShouldBeOfType<BlobWriteOutcome.Written>().Length.ShouldBe(4);
        service.Requests.Count.ShouldBe(3);
        (calls.Total, calls.Retries).ShouldBe((1, 2));
    }

    [Fact]
    public async Task AppendAsync_WhenTheServiceStaysBusy_GivesUpAfterItsRetries()
    {
        await using var service = await ScriptedBlobService.StartAsync(ScriptedBlobService.Fails(503, "ServerBusy"));
        using var blobs = AzureContainers.Open(Azurite.ConnectionStringVia(service.Endpoint), "test", Quickly);

        var fault = await Should.ThrowAsync<StorageUnavailableException>(() => blobs.AppendAsync(Path, Block, Condition, None));

        service.Requests.Count.ShouldBe(4);
        fault.InnerException.ShouldNotBeNull();
        fault.Message.ShouldContain("ServerBusy");
    }

    [Theory]
    [InlineData(403, "AuthorizationFailure")]
    [InlineData(404, "ContainerNotFound")]
    [InlineData(400, "InvalidHeaderValue")]
    public async Task AnyCall_WhenTheCodeIsNoOutcome_IsAFaultAtOnce(int status, string code)
    {
        await using var service = await ScriptedBlobService.StartAsync(ScriptedBlobService.Fails(status, code));
        using var blobs = AzureContainers.Open(Azurite.ConnectionStringVia(service.Endpoint), "test", Quickly);

        await Should.ThrowAsync<StorageUnavailableException>(() => blobs.AppendAsync(Path, Block, Condition, None));
        await Should.ThrowAsync<StorageUnavailableException>(() => blobs.ReadAsync(Path, 0, null, None));
        await Should.ThrowAsync<StorageUnavailableException>(() => blobs.RenewLeaseAsync(Path, Lease, None));
        await Should.ThrowAsync<StorageUnavailableException>(async () => await blobs.ListAsync("", None).ToListAsync());

        service.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task ReadAsync_WhenTheCloudAnswersInvalidRange_AsksForTheProperties()
    {
        await using var service = await ScriptedBlobService.StartAsync(ScriptedBlobService.Fails(416, "InvalidRange"), http =>
        {
            http.Response.Headers.ETag = "\"0x7\"";
            http.Response.Headers.ContentLength = 3;
            http.Response.Headers["x-ms-meta-epoch"] = "4";
            http.Response.Headers["x-ms-lease-state"] = "leased";
            return Task.CompletedTask;
        });
        using var blobs = AzureContainers.Open(Azurite.ConnectionStringVia(service.Endpoint), "test", Quickly);

        var snapshot = await blobs.ReadAsync(Path, 10, 100, None);

        service.Requests.ShouldBe([$"GET /devstoreaccount1/test/{Path} bytes=9-109", $"HEAD /devstoreaccount1/test/{Path}"]);
        (snapshot!.Content.Length, snapshot.Length, snapshot.ETag, snapshot.IsLeased).ShouldBe((0, 3, BlobETag.Parse("0x7"), true));
        snapshot.Metadata["epoch"].ShouldBe("4");
    }

    [Fact]
    public async Task ReadAsync_WhenTheReaderStandsAtTheVeryEnd_AsksOnce()
    {
        using var calls = new StorageCallCounter();
        using var blobs = AzureContainers.Open((await azurite.GetAsync()).ConnectionString, azurite.NextContainerName(), calls: calls);
        var condition = await LeasedAsync(blobs);
        await blobs.AppendAsync(Path, Block, condition, None);

        using var tally = calls.StartTally();
        var snapshot = await blobs.ReadAsync(Path, 4, null, None);

        tally.Calls.ShouldBe(1);
        (snapshot!.Content.Length, snapshot.Length).ShouldBe((0, 4));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs><Blob><Name>a</Name>")]
    [InlineData("<html>a gateway's page</html>")]
    public async Task ListAsync_WhenTheAnswerIsNoList_IsAFault(string body)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var serving = AnswerAllAsync(listener, body, stop.Token);
        using var blobs = AzureContainers.Open(Azurite.ConnectionStringVia(new Uri($"http://{listener.LocalEndpoint}")), "test", Quickly);

        await Should.ThrowAsync<StorageUnavailableException>(async () => await blobs.ListAsync("inbox/", None).CountAsync());

        await stop.CancelAsync();
        await serving;
    }

    /// <summary>The other calls, answered by something that is no storage account and says 200.</summary>
    [Theory]
    [InlineData(BlobVerb.Read)]
    [InlineData(BlobVerb.Create)]
    [InlineData(BlobVerb.Append)]
    [InlineData(BlobVerb.SetMetadata)]
    public async Task AnyCall_WhenTheAnswerIsAGatewaysPage_IsAFault(BlobVerb verb)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var serving = AnswerAllAsync(listener, "<html>a gateway's page</html>", stop.Token);
        using var blobs = AzureContainers.Open(Azurite.ConnectionStringVia(new Uri($"http://{listener.LocalEndpoint}")), "test", Quickly);

        await Should.ThrowAsync<StorageUnavailableException>(() => verb switch
        {
            BlobVerb.Read => blobs.ReadAsync(Path, 0, null, None),
            BlobVerb.Create => blobs.CreateAsync(Path, Block, None),
            BlobVerb.Append => blobs.AppendAsync(Path, Block, Condition, None),
            _ => blobs.SetMetadataAsync(Path, new Dictionary<string, string> { ["a"] = "b" }, Condition.ETag, Lease, None),
        });

        await stop.CancelAsync();
        await serving;
    }

    [Fact]
    public async Task AnyCall_WhenNobodyListens_IsAFault()
    {
        var proxy = LoopbackProxy.StartFor(new Uri("http://127.0.0.1:9"));
        await proxy.DisposeAsync();
        using var blobs = AzureContainers.Open(Azurite.ConnectionStringVia(proxy.Endpoint), "test", Quickly);

        await Should.ThrowAsync<StorageUnavailableException>(() => blobs.ReadAsync(Path, 0, null, None));
        await Should.ThrowAsync<StorageUnavailableException>(() => blobs.EnsureExistsAsync(None));
        await Should.ThrowAsync<StorageUnavailableException>(() => blobs.AppendAsync(Path, Block, Condition, None));
    }

    [Fact]
    public async Task AppendAsync_WhenTheServiceNeverAnswers_GivesUpInBoundedTime()
    {
        await using var service = await ScriptedBlobService.StartAsync(ScriptedBlobService.Hangs);
        using var blobs = AzureContainers.Open(
            Azurite.ConnectionStringVia(service.Endpoint), "test", options => Quickly(options, retries: 1));
        var started = Stopwatch.GetTimestamp();

        await Should.ThrowAsync<StorageUnavailableException>(() => blobs.AppendAsync(Path, Block, Condition, None));

        service.Requests.Count.ShouldBe(2);
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task AppendAsync_WhenItsCallerGivesUp_IsCancelledAndNoFault(int brokenTries)
    {
        using var cancel = new CancellationTokenSource();
        Task CancelAndHang(Microsoft.AspNetCore.Http.HttpContext http)
        {
            cancel.Cancel();
            return ScriptedBlobService.Hangs(http);
        }

        await using var service = await ScriptedBlobService.StartAsync(
            [.. Enumerable.Repeat(ScriptedBlobService.Breaks, brokenTries), CancelAndHang]);
        using var blobs = AzureContainers.Open(
            Azurite.ConnectionStringVia(service.Endpoint), "test", options => options.NetworkTimeout = TimeSpan.FromSeconds(60));

        await Should.ThrowAsync<OperationCanceledException>(() => blobs.AppendAsync(Path, Block, Condition, cancel.Token));

        service.Requests.Count.ShouldBe(brokenTries + 1);
    }

    private static void Quickly(StorageOptions options) => Quickly(options, retries: 3);

    private static void Quickly(StorageOptions options, int retries)
    {
        options.MaxRetries = retries;
        options.RetryDelay = TimeSpan.FromMilliseconds(5);
        options.MaxRetryDelay = TimeSpan.FromMilliseconds(20);
        options.NetworkTimeout = TimeSpan.FromMilliseconds(retries == 1 ? 300 : 5000);
    }

    private static async Task<AppendCondition> LeasedAsync(AzureBlobContainer blobs)
    {
        await blobs.EnsureExistsAsync(None);
        var created = await blobs.CreateAppendAsync(Path, new Dictionary<string, string>(), None);
        (await blobs.AcquireLeaseAsync(Path, Lease, BlobLimits.MaxLease, None)).ShouldBe(LeaseOutcome.Held);
        return new AppendCondition(created.ShouldBeOfType<BlobWriteOutcome.Written>().ETag, 0, Lease);
    }

    private static async Task AnswerAllAsync(TcpListener listener, string body, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var caller = await listener.AcceptTcpClientAsync(stop);
                var stream = caller.GetStream();
                await stream.ReadAtLeastAsync(new byte[16 * 1024], 16, throwOnEndOfStream: false, stop);
                await stream.WriteAsync(
                    Encoding.UTF8.GetBytes(
                        $"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {body.Length}\r\n"
                        + $"Connection: close\r\n\r\n{body}"), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
