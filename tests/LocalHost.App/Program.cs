using Holdfast.LocalHost.App;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

if (Environment.GetEnvironmentVariable("FAIL_AT_START") is { Length: > 0 } reason)
{
    await Console.Error.WriteLineAsync($"told to fail: {reason}");
    return 3;
}

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddSingleton<Trail>();
await builder.Build().RunAsync();
return 0;
