using Holdfast.Harness;
using Holdfast.Tests.Support;

namespace Holdfast.Demo.Serving;

/// <summary>
/// <c>func start</c> in the folder of the built app, for those who have Azure Functions Core Tools: the build copies local.settings.json
/// there, which the published folder has not. It asks for no keys.
/// </summary>
internal sealed class CoreToolsHost(int port) : IServingHost
{
    public string? Keys => null;

    public string Hint =>
        "\n--func needs Azure Functions Core Tools 4 ('func' on PATH): "
            + "https://learn.microsoft.com/azure/azure-functions/functions-run-local";

    public ChildProcess Start(IServed served)
    {
        var settings = new Dictionary<string, string?>(served.Settings)
        {
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            // It takes its working folder for the app's, so what lies beside host.json is named whole.
            ["AzureWebJobsScriptRoot"] = null,
            ["Holdfast__Config"] = Path.Combine(served.ContentRoot, "holdfast.json"),
        };
        return ChildProcess.Start(
            "func", ["start", "--port", $"{port}", "--no-build"], Path.GetDirectoryName(HostCommand.AppFolder)!, settings);
    }

    public bool IsReady(string line) => line.Contains("Worker process started and initialized", StringComparison.Ordinal);

    public Uri AddressIn(string line) => new($"http://localhost:{port}/");
}
