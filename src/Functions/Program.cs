using Holdfast.Configuration;
using Holdfast.Functions.Composition;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();

// Settings are read here and nowhere else: the rest of the app gets options and a loaded configuration.
var file = ConfigurationLoader.LocateFile(Setting, builder.Environment.ContentRootPath);
switch (ConfigurationLoader.Load(file, Setting))
{
    case ConfigurationOutcome.Loaded loaded:
        builder.Services.AddHoldfast(loaded.Configuration, builder.Configuration);
        break;
    case ConfigurationOutcome.Invalid invalid:
        await StartUpFault.WriteAsync(invalid.ToString());
        return 1;
}

await builder.Build().RunAsync();
return 0;

// In the environment `__` stands for the colon of a section.
string? Setting(string name) => builder.Configuration[name.Replace("__", ":", StringComparison.Ordinal)];
