using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Holdfast.Embedded.Hosting;

/// <summary>
/// Logs to the console, a line each. Levels: <c>logging.logLevel</c> of host.json, then the app's own section <c>Logging</c>;
/// the framework itself only from Warning on unless one of them names it.
/// </summary>
internal static class WorkerLogging
{
    public static void AddTo(ILoggingBuilder logging, IConfiguration configuration, IConfiguration hostJson)
    {
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting", LogLevel.Warning);
        logging.AddConfiguration(hostJson.GetSection("logging"));
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddSimpleConsole(static options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "HH:mm:ss.fff ";
            options.UseUtcTimestamp = true;
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    }
}
