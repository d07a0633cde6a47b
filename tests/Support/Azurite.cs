namespace Holdfast.Tests.Support;

/// <summary>A blob service of its own: Azurite as a process on a free loopback port, its files in a temporary folder.</summary>
public sealed class Azurite : IAsyncDisposable
{
    // The account that every emulator has; documented by its vendor, no secret.
    private const string AccountName = "devstoreaccount1";
    private const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly string _folder;
    private readonly bool _ownsFolder;

    private Azurite(ChildProcess process, string folder, bool ownsFolder, Uri endpoint)
    {
        Process = process;
        _folder = folder;
        _ownsFolder = ownsFolder;
        Endpoint = endpoint;
    }

    /// <summary>The service's process, to kill or to freeze.</summary>
    public ChildProcess Process { get; }

    /// <summary>For example <c>http://127.0.0.1:43121</c>.</summary>
    public Uri Endpoint { get; }

    public string ConnectionString => ConnectionStringVia(Endpoint);

    /// <summary>The same service by way of a proxy; requests are signed without the host, so the address may differ.</summary>
    public static string ConnectionStringVia(Uri endpoint) =>
        $"DefaultEndpointsProtocol=http;AccountName={AccountName};AccountKey={AccountKey};BlobEndpoint={endpoint.GetLeftPart(UriPartial.Authority)}/{AccountName};";

    /// <param name="folder">Where the blobs lie; null for a temporary one that disposal removes. Name one to start again on its blobs.</param>
    public static async Task<Azurite> StartAsync(string? folder = null)
    {
        var location = folder ?? Directory.CreateTempSubdirectory("holdfast-azurite-").FullName;
        string[] arguments =
        [
            RepositoryRoot.PathOf("node_modules", "azurite", "dist", "src", "blob", "main.js"),
            "--blobHost", "127.0.0.1", "--blobPort", "0", "--location", location, "--silent", "--skipApiVersionCheck", "--disableTelemetry",
        ];
        var process = ChildProcess.Start("node", arguments, location);
        try
        {
            var line = await process.WaitForLineAsync(
                line => line.Contains("successfully listens on", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
            return new Azurite(process, location, folder is null, new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..]));
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
}
