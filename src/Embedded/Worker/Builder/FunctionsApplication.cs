using Holdfast.Embedded.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>
/// The way into an application of Azure Functions (isolated worker, ASP.NET Core integration), hosted by this one process.
/// <para>
/// This assembly stands in for the public packages of the worker: the same namespaces, names and behaviour for start-up, HTTP
/// and timer triggers and middleware, and nothing else, so that code which uses more does not compile. The process is worker and
/// host in one: it listens itself, reads host.json and local.settings.json, runs the timers, and hands other trigger families to
/// extensions beside the app.
/// </para>
/// <para>
/// It is a runtime for development and for a single machine. It is not the Functions host: there is no scaling, no scale
/// controller, no other language, no function timeout, no CORS, no encrypted settings, no key management beyond one key, and a
/// timer that fell due while no process ran is not made up for. Functions are taken from the entry assembly only. Nothing here
/// should face the internet without a proxy that ends TLS.
/// </para>
/// </summary>
public static class FunctionsApplication
{
    /// <summary>Begins an application.</summary>
    /// <param name="args">
    /// The command line: configuration (<c>--key value</c>), and <c>--urls</c> or <c>--port</c> for the address.
    /// </param>
    /// <exception cref="HostStartException">host.json, local.settings.json or an address is not valid.</exception>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args, WorkerSetup.OfProcess());
}
