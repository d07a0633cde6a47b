namespace Holdfast.Tests.Support;

/// <summary>
/// A storage account of its own: Azurite's blobs, queues and tables as a process on free loopback ports, its files in a temporary folder.
/// </summary>
public sealed class Azurite : IAsyncDisposable
{
    // The account that every emulator has; documented by its vendor, no secret.
    private const string AccountName = "devstoreaccount1";
    private const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly string _folder;
    private readonly bool _ownsFolder;

    private Azurite(ChildProcess process, string folder, bool ownsFolder, Uri[] endpoints)
    {
        Process = process;
        _folder = folder;
        _ownsFolder = ownsFolder;
        (Endpoint, QueueEndpoint, TableEndpoint) = (endpoints[0], endpoints[1], endpoints[2]);
    }

    /// <summary>The service's process, to kill or to freeze.</summary>
    public ChildProcess Process { get; }

    /// <summary>Of the blobs, for example <c>http://127.0.0.1:43121</c>.</summary>
    public Uri Endpoint { get; }

    public Uri QueueEndpoint { get; }

    public Uri TableEndpoint { get; }

    public string ConnectionString => ConnectionStringVia(Endpoint, QueueEndpoint, TableEndpoint);

    /// <summary>The blobs alone, by way of a proxy; requests are signed without the host, so the address may differ.</summary>
    public static string ConnectionStringVia(Uri endpoint) =>
        $"DefaultEndpointsProtocol=http;AccountName={AccountName};AccountKey={AccountKey};BlobEndpoint={AccountAt(endpoint)};";

    /// <summary>The whole account, by way of proxies.</summary>
    public static string ConnectionStringVia(Uri blobs, Uri queues, Uri tables) =>
        $"{ConnectionStringVia(blobs)}QueueEndpoint={AccountAt(queues)};TableEndpoint={AccountAt(tables)};";

    /// <param name="folder">
    /// Where the blobs lie; null for a temporary one that disposal removes. Name one to start again on its blobs.
    /// </param>
    public static async Task<Azurite> StartAsync(string? folder = null)
    {
        var location = folder ?? Directory.CreateTempSubdirectory("holdfast-azurite-").FullName;
        string[] arguments =
        [
            RepositoryRoot.PathOf("node_modules", "azurite", "dist", "src", "azurite.js"),
            "--blobHost", "127.0.0.1", "--blobPort", "0", "--queueHost", "127.0.0.1", "--queuePort", "0", "--tableHost", "127.0.0.1",
            "--tablePort", "0",
            "--location", location, "--silent", "--skipApiVersionCheck", "--disableTelemetry",
        ];
        var process = ChildProcess.Start("node", arguments, location);
        try
        {
            var endpoints = await Task.WhenAll(new[] { "Blob", "Queue", "Table" }.Select(service => ListeningAsync(process, service)));
            return new Azurite(process, location, folder is null, endpoints);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string AccountAt(Uri endpoint) => $"{endpoint.GetLeftPart(UriPartial.Authority)}/{AccountName}";

    private static async Task<Uri> ListeningAsync(ChildProcess process, string service)
    {
        var line = await process.WaitForLineAsync(
            line => line.Contains($"{service} service is successfully listening at", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
        return new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..]);
    }
}
