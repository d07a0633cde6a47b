using System.Runtime.CompilerServices;
using Amazon;
using Amazon.BedrockRuntime;

namespace Holdfast.Models.Bedrock;

/// <summary>
/// Amazon Bedrock's ConverseStream. One client per region, kept for the life of this. The SDK retries nothing (a retry is a new
/// attempt, and the fallback policy's to decide) and has no timeout of its own (the reader's watchdog knows the model). Never logs. Thread-safe.
/// </summary>
public sealed class BedrockModelProvider : IModelProvider, IDisposable
{
    private readonly BedrockOptions options;
    private readonly Func<string?, AmazonBedrockRuntimeClient> connect;
    private readonly Lock gate = new();
    private readonly Dictionary<string, AmazonBedrockRuntimeClient> clients = new(StringComparer.Ordinal);

    public BedrockModelProvider(BedrockOptions options)
        : this(options, static region => new AmazonBedrockRuntimeClient(ConfigurationFor(region)))
    {
    }

    internal BedrockModelProvider(BedrockOptions options, Func<string?, AmazonBedrockRuntimeClient> connect)
    {
        this.options = options;
        this.connect = connect;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelEvent> StreamAsync(
        ModelCall modelCall, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(modelCall);
        var request = BedrockRequests.From(modelCall, options.CachesSystemPrompt);
        using var response = await OpenAsync(modelCall.Model.Region, request, cancellationToken);
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
        var configuration = new AmazonBedrockRuntimeConfig { MaxErrorRetry = 0, MaxStaleConnectionRetries = 0, Timeout = Timeout.InfiniteTimeSpan };
        if (region is not null)
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return configuration;
    }

    private async Task<Amazon.BedrockRuntime.Model.ConverseStreamResponse> OpenAsync(
        string? region, Amazon.BedrockRuntime.Model.ConverseStreamRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await ClientFor(region).ConverseStreamAsync(request, cancellationToken);
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
