using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging;

namespace Holdfast.Storage.AzureBlobs;

/// <summary>The one SDK client of a container, and the pooled connections below it.</summary>
internal sealed class BlobConnection : IDisposable
{
    private readonly HttpClient _http;

    public BlobConnection(StorageOptions options, ILogger logger)
    {
        _http = CreateHttp(options);
        var client = CreateClientOptions(options, _http);
        client.AddPolicy(new StorageTryPolicy(logger), HttpPipelinePosition.PerRetry);
        Container = CreateService(options, client).GetBlobContainerClient(options.Container);
    }

    public BlobContainerClient Container { get; }

    public void Dispose() => _http.Dispose();

    private static BlobServiceClient CreateService(StorageOptions options, BlobClientOptions client) =>
        options.BlobServiceUri is { } uri
            // Made only here: looking for an identity probes the machine.
            ? new BlobServiceClient(uri, new DefaultAzureCredential(), client)
            : new BlobServiceClient(options.ConnectionString, client);

    private static BlobClientOptions CreateClientOptions(StorageOptions options, HttpClient http)
    {
        var client = new BlobClientOptions { Transport = new HttpClientTransport(http) };
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.MaxRetries = options.MaxRetries;
        client.Retry.Delay = options.RetryDelay;
        client.Retry.MaxDelay = options.MaxRetryDelay;
        client.Retry.NetworkTimeout = options.NetworkTimeout;

        // Logging and tracing of the SDK cost on each call; StorageTryPolicy tells what is worth telling.
        client.Diagnostics.IsLoggingEnabled = false;
        client.Diagnostics.IsDistributedTracingEnabled = false;
        client.Diagnostics.ApplicationId = "holdfast";
        return client;
    }

    private static HttpClient CreateHttp(StorageOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = options.MaxConnections,
            ConnectTimeout = options.NetworkTimeout,
            // A connection that lives for ever never sees a new address of the service.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            AllowAutoRedirect = false,
            UseCookies = false,
            // No trace headers and no activity per request.
            ActivityHeadersPropagator = null,
        };

        // The SDK's network timeout rules; HttpClient's own 100 s would cut a long read.
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        // An Expect: 100-continue costs a round trip per append.
        http.DefaultRequestHeaders.ExpectContinue = false;
        return http;
    }
}
