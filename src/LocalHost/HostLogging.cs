using Holdfast.LocalHost.Settings;
using Microsoft.Extensions.Logging.Console;

namespace Holdfast.LocalHost;

/// <summary>One log for the host, the extensions and the worker: on the console, at the levels of host.json.</summary>
internal static class HostLogging
{
    /// <summary>What is quiet unless host.json names it: each request, call and event of the parts inside.</summary>
    private static readonly string[] Inner = ["Microsoft", "Grpc", "Azure", "Host", "DurableTask", "Function"];

    public static void Configure(ILoggingBuilder logging, IConfiguration settings, LogFormat format)
    {
        logging.ClearProviders();
        Array.ForEach(Inner, category => logging.AddFilter(category, LogLevel.Warning));
        // The worker and the endpoints report each failure once.
        logging.AddFilter("Host.Results", LogLevel.None);
        // Asking for what is there already is how the engine starts; and what keeps the host from starting, or a request from being
        // forwarded, is reported where it is caught.
        logging.AddFilter("Azure.Core", LogLevel.Error)
            .AddFilter("Yarp", LogLevel.Error)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
        logging.AddConfiguration(HostSettings.Logging(settings));
        if (format == LogFormat.Json)
        {
            logging.AddJsonConsole(console => (console.UseUtcTimestamp, console.TimestampFormat) = (true, "O"));
            return;
        }

        logging.AddSimpleConsole(console =>
        {
            (console.SingleLine, console.ColorBehavior) = (true, LoggerColorBehavior.Disabled);
            (console.UseUtcTimestamp, console.TimestampFormat) = (true, "HH:mm:ss.fff ");
        });
    }
}
