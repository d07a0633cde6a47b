using System.Runtime.CompilerServices;
using Amazon;
using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;

namespace Holdfast.Models.Bedrock;

/// <summary>
/// Amazon Bedrock's ConverseStream. One client per region, kept for the life of this. The SDK retries nothing (a retry is a new
/// attempt, and the fallback policy's to decide) and has no timeout of its own (the reader's watchdog knows the model). Never logs.
/// Thread-safe.
/// </summary>
public sealed class BedrockModelProvider : IModelProvider, IDisposable
{
    private readonly Func<string?, AmazonBedrockRuntimeClient> connect;
    private readonly Lock gate = new();
    private readonly Dictionary<string, AmazonBedrockRuntimeClient> clients = new(StringComparer.Ordinal);

    /// <summary>Credentials, endpoint and default region are those of the environment.</summary>
    public BedrockModelProvider()
        : this(static region => new AmazonBedrockRuntimeClient(ConfigurationFor(region)))
    {
    }

    internal BedrockModelProvider(Func<string?, AmazonBedrockRuntimeClient> connect) => this.connect = connect;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelEvent> StreamAsync(
        ModelCall modelCall, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await OpenAsync(modelCall, cancellationToken);
        await using var events = response.Stream.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            ModelEvent next;
            try
            {
                if (!await events.MoveNextAsync())
                {
                    yield break;
                }

                next = BedrockEvents.From(events.Current);
            }
            catch (Exception exception) when (BedrockFailures.TryClassify(exception) is { } failure)
            {
                // A cancelled read surfaces wrapped like any other failure of the stream.
                cancellationToken.ThrowIfCancellationRequested();
                throw failure;
            }

            yield return next;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var client in clients.Values)
            {
                client.Dispose();
            }

            clients.Clear();
        }
    }

    internal static AmazonBedrockRuntimeConfig ConfigurationFor(string? region)
    {
        var configuration = new AmazonBedrockRuntimeConfig
        {
            MaxErrorRetry = 0,
            MaxStaleConnectionRetries = 0,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (region is not null)
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return configuration;
    }

    private async Task<ConverseStreamResponse> OpenAsync(ModelCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await ClientFor(call.Model.Region).ConverseStreamAsync(BedrockRequests.From(call), cancellationToken);
        }
        catch (Exception exception) when (BedrockFailures.TryClassify(exception) is { } failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw failure;
        }
    }

    private AmazonBedrockRuntimeClient ClientFor(string? region)
    {
        lock (gate)
        {
            if (!clients.TryGetValue(region ?? "", out var client))
            {
                client = connect(region);
                clients.Add(region ?? "", client);
            }

            return client;
        }
    }
}
