using System.Text.Json.Nodes;
using Holdfast.Harness;

namespace Holdfast.Tests.Faults;

/// <summary>
/// How the app is configured under faults: as a user may, with the shortest lease that storage grants and short sweeps, so that what
/// takes minutes in service happens within the run. All other limits are the app's own.
/// </summary>
internal static class RunSettings
{
    public static AppConfiguration Configuration(AppFixture fixture) => AppConfiguration.Default(fixture, configuration =>
    {
        configuration["limits"] = new JsonObject
        {
            ["leaseDuration"] = "15s",
            ["leaseRenewal"] = "5s",
            ["claimWait"] = "5s",
        };
        var model = configuration["models"]!["thinker"]!;
        model["firstEventTimeout"] = "60s";
        model["betweenEventsTimeout"] = "25s";
    });

    /// <param name="hub">The deployment's own task hub; the container is shared.</param>
    /// <param name="account">The way to the storage account.</param>
    public static IReadOnlyDictionary<string, string?> Of(string hub, string account) => new Dictionary<string, string?>
    {
        ["AzureFunctionsJobHost__extensions__durableTask__hubName"] = hub,
        ["AzureWebJobsStorage"] = account,
        ["Holdfast__Storage__ConnectionString"] = account,
    };
}
