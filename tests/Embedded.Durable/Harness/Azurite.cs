using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Azure.Storage.Blobs;
using Xunit;

[assembly: AssemblyFixture(typeof(Holdfast.Embedded.Durable.Tests.Harness.Azurite))]

namespace Holdfast.Embedded.Durable.Tests.Harness;

/// <summary>The blob emulator as its own process on a free port, in memory; one for all tests of this project.</summary>
public sealed class Azurite : IAsyncLifetime
{
    private Process? _process;

    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var port = FreePort();
        ConnectionString = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
            + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
            + $"BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;";
        var start = new ProcessStartInfo("node")
        {
            ArgumentList =
            {
                Script(), "--inMemoryPersistence", "--blobHost", "127.0.0.1", "--blobPort", $"{port}", "--skipApiVersionCheck", "--silent",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var service = new BlobServiceClient(ConnectionString);
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                await service.GetBlobContainerClient("probe").CreateIfNotExistsAsync();
                return true;
            }
            catch (Exception) when (!_process.HasExited)
            {
                return false;
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Script()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "node_modules", "azurite", "dist", "src", "blob", "main.js");
            if (File.Exists(script))
            {
                return script;
            }
        }

        throw new FileNotFoundException("node_modules/azurite is missing: run npm ci.");
    }
}
