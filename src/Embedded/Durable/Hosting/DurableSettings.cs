using System.Globalization;
using Holdfast.Embedded.Durable.Dispatch;
using Microsoft.Extensions.Configuration;

namespace Holdfast.Embedded.Durable.Hosting;

/// <summary>Reads host.json and the settings.</summary>
internal static class DurableSettings
{
    public const string Connection = "AzureWebJobsStorage";

    /// <exception cref="InvalidOperationException">A value has the wrong form; the message names it.</exception>
    public static DurableOptions Read(IConfiguration configuration, IConfiguration hostJson)
    {
        var options = new DurableOptions { Key = configuration["Holdfast:FunctionKey"] };
        var durable = hostJson.GetSection("extensions:durableTask");
        options.HubName = durable["hubName"] is { Length: > 0 } hubName ? Expand(hubName, configuration) : options.HubName;
        options.MaxConcurrentActivities = Count(durable, "maxConcurrentActivityFunctions") ?? options.MaxConcurrentActivities;
        options.MaxConcurrentOrchestrators = Count(durable, "maxConcurrentOrchestratorFunctions") ?? options.MaxConcurrentOrchestrators;
        options.ActivityTimeout = Timeout(hostJson["functionTimeout"]);
        return options;
    }

    /// <exception cref="InvalidOperationException">The setting is missing.</exception>
    public static string ConnectionString(IConfiguration configuration) => configuration[Connection] is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"The setting {Connection} is missing: the embedded durable engine needs a storage connection string.");

    // As the host does it: %name% stands for a setting.
    private static string Expand(string value, IConfiguration configuration) => value.Length > 2 && value[0] == '%' && value[^1] == '%'
        ? configuration[value[1..^1]] ?? throw new InvalidOperationException($"host.json: hubName names the setting {value}, which is missing.")
        : value;

    private static int? Count(IConfigurationSection section, string name)
    {
        if (section[name] is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw new InvalidOperationException($"host.json: {section.Path}:{name} must be a whole number above 0, not '{text}'.");
    }

    private static TimeSpan? Timeout(string? text)
    {
        if (text is null or "-1")
        {
            return null;
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value != TimeSpan.Zero
            ? value < TimeSpan.Zero ? null : value
            : throw new InvalidOperationException($"host.json: functionTimeout must be hh:mm:ss or -1, not '{text}'.");
    }
}
