using Holdfast.Configuration;
using Holdfast.Functions.Composition;
using Holdfast.Storage;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

IHost host;
try
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();

    // Settings are read here and nowhere else: the rest of the app gets options and a loaded configuration.
    string? Setting(string name) => builder.Configuration[name.Replace("__", ":", StringComparison.Ordinal)];
    var file = ConfigurationLoader.LocateFile(Setting, builder.Environment.ContentRootPath);
    switch (ConfigurationLoader.Load(file, Setting))
    {
        case ConfigurationOutcome.Loaded loaded:
            builder.Services.AddHoldfast(loaded.Configuration, builder.Configuration);
            builder.Services.AddSingleton(new StartReport(loaded));
            break;
        case ConfigurationOutcome.Invalid invalid:
            await StartUpFault.WriteAsync(invalid.ToString());
            return 1;
    }

    host = builder.Build();

    // Before the host is called and requests are listened for: a store that is away for some seconds ends no worker that is at work.
    await host.Services.GetRequiredService<IBlobContainer>().EnsureExistsAsync(CancellationToken.None);
    host.Services.GetRequiredService<StartReport>().Write(
        host.Services.GetRequiredService<TimeProvider>(), host.Services.GetRequiredService<ILogger<StartReport>>());
    await host.StartAsync();
}
catch (Exception fault)
{
    // The process's own edge: a setting, a file of the host or the store is not as it must be, and the message names it.
    await StartUpFault.WriteAsync(fault.Message);
    return 1;
}

using (host)
{
    await host.WaitForShutdownAsync();
}

return 0;
