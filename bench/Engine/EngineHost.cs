using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Bench.Engine;

/// <summary>The embedded worker and engine with the bench's own functions, as a process.</summary>
internal static class EngineHost
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var builder = FunctionsApplication.CreateBuilder(arguments);
        builder.ConfigureFunctionsWebApplication();
        await builder.Build().RunAsync();
        return 0;
    }
}
