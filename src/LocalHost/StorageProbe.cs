using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace Holdfast.LocalHost;

/// <summary>Asks at start whether the engine's storage answers: the engine itself would try for minutes, in silence.</summary>
internal static class StorageProbe
{
    public const string Setting = "AzureWebJobsStorage";
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(15);

    /// <exception cref="StartUpException">The setting is missing or no connection string, or a service of it does not answer.</exception>
    public static async Task RunAsync(IConfiguration settings)
    {
        if (settings.GetSection(Setting).GetChildren().Any())
        {
            // An identity instead of a connection string: the account is in the cloud.
            return;
        }

        if (settings[Setting] is not { Length: > 0 } connection)
        {
            throw new StartUpException(
                $"The setting {Setting} is not set: the durable engine keeps its state there. UseDevelopmentStorage=true means an "
                    + $"Azurite on this machine.");
        }

        using var client = new HttpClient { Timeout = AnswersWithin };
        await Task.WhenAll(AddressesOf(connection).Select(address => AskAsync(client, address)));
    }

    private static Uri[] AddressesOf(string connection)
    {
        try
        {
            return [new BlobServiceClient(connection).Uri, new QueueServiceClient(connection).Uri, new TableServiceClient(connection).Uri];
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new StartUpException(
                $"The setting {Setting} is no connection string of a storage account with blobs, queues and tables: "
                    + $"{fault.Message}", fault);
        }
    }

    /// <summary>Any answer will do, refusals among them.</summary>
    private static async Task AskAsync(HttpClient client, Uri address)
    {
        try
        {
            using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            throw new StartUpException($"The storage of {Setting} is out of reach: {address}: {fault.Message}", fault);
        }
    }
}
