using Holdfast.Embedded.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Worker.Tests;

/// <summary>A running worker on a free port, with the functions of the given classes.</summary>
internal sealed class WorkerHost : IAsyncDisposable
{
    private readonly WorkerFolder _folder;

    private WorkerHost(IHost host, WorkerFolder folder, CapturedLog log, string announced)
    {
        Host = host;
        _folder = folder;
        Log = log;
        Address = new Uri(announced.Split(Environment.NewLine)[0]["Listening on ".Length..]);
        Client = new HttpClient { BaseAddress = Address };
    }

    public IHost Host { get; }

    public CapturedLog Log { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static async Task<WorkerHost> StartAsync(
        Type[] types,
        Action<FunctionsApplicationBuilder>? configure = null,
        (string Name, string Content)[]? files = null,
        string[]? args = null,
        IEmbeddedExtension[]? extensions = null)
    {
        var folder = new WorkerFolder(files ?? []);
        var output = new StringWriter();
        var log = new CapturedLog();
        var host = Build(folder, types, output, log, configure, args ?? ["--port", "0"], extensions ?? []);
        await host.StartAsync();
        return new WorkerHost(host, folder, log, output.ToString());
    }

    /// <summary>Builds and disposes: for what fails or shows before anything runs.</summary>
    public static void BuildOnly(
        Type[] types, Action<FunctionsApplicationBuilder>? configure = null, (string Name, string Content)[]? files = null, string[]? args = null)
    {
        using var folder = new WorkerFolder(files ?? []);
        Build(folder, types, TextWriter.Null, new CapturedLog(), configure, args ?? ["--port", "0"], []).Dispose();
    }

    public static FunctionsApplicationBuilder Builder(
        WorkerFolder folder, Type[] types, TextWriter output, string[] args, IEmbeddedExtension[]? extensions = null)
        => new(args, new WorkerSetup("Holdfast.Embedded.Worker.Tests", types, folder.Path, folder.Path, extensions ?? [], output));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.StopAsync();
        Host.Dispose();
        _folder.Dispose();
    }

    private static IHost Build(
        WorkerFolder folder,
        Type[] types,
        TextWriter output,
        CapturedLog log,
        Action<FunctionsApplicationBuilder>? configure,
        string[] args,
        IEmbeddedExtension[] extensions)
    {
        var builder = Builder(folder, types, output, args, extensions);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(log);
        if (configure is null)
        {
            builder.ConfigureFunctionsWebApplication();
        }
        else
        {
            configure(builder);
        }

        return builder.Build();
    }
}
