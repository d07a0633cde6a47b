using System.Net;
using System.Net.Sockets;
using Holdfast.LocalHost.App;
using Microsoft.AspNetCore.Server.Kestrel.Core;
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
using var other = new TcpListener(IPAddress.Loopback, 0);
if (Environment.GetEnvironmentVariable("PORT_TAKEN_ONCE") is { Length: > 0 } marker && !File.Exists(marker))
{
    await File.WriteAllTextAsync(marker, "");
    other.Start();
    builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen((IPEndPoint)other.LocalEndpoint));
}

await builder.Build().RunAsync();
return 0;
