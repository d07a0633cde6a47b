using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;

namespace Holdfast.Demo.Showing;

/// <summary>What the demo's app is configured with and what its scripted model says.</summary>
internal static class DemoScript
{
    public const string SlackChannel = "C0DEMO001";
    public const string CronChannel = "C0DEMO002";
    public const string CronJob = "standup";
    public const string SlackText = "please look at the nightly build";
    public const string CronText = "Write the stand-up summary.";
    public const int SlackDeltas = 400;
    public const int ShortDeltas = 12;

    /// <summary>Longer than the limit of a model that states none of its own, far shorter than that of the model in use.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    public static readonly TimeSpan UnlistedModelLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan BetweenDeltas = TimeSpan.FromMilliseconds(10);

    /// <param name="fixture">Where the app runs.</param>
    /// <param name="cronDueAt">When the one cron job comes due.</param>
    /// <param name="bedrockModel">A real model, or null.</param>
    public static AppConfiguration Configuration(
        AppFixture fixture, DateTimeOffset cronDueAt, string? bedrockModel) => AppConfiguration.Default(fixture, configuration =>
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"{UnlistedModelLimit.TotalSeconds}s");
        configuration["modelDefaults"] = new JsonObject { ["firstEventTimeout"] = limit, ["reasoningFirstEventTimeout"] = limit };
        configuration["cron"] = new JsonObject
        {
            [CronJob] = new JsonObject
            {
                ["schedule"] = new JsonObject { ["at"] = cronDueAt.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture) },
                ["agent"] = "main",
                ["message"] = CronText,
                ["deliver"] = new JsonObject { ["kind"] = "slack", ["channel"] = CronChannel },
            },
        };
        if (bedrockModel is not null)
        {
            RealBedrock.Choose(configuration, bedrockModel);
        }
    });

    public static void Load(ScriptedBedrock bedrock)
    {
        bedrock.AddRule(
            new BedrockRule(null, 0, SlackText, BedrockScript.Asking("exec", "look-1", """{"command":"echo","args":["build","412"]}""")));
        bedrock.AddRule(
            new BedrockRule(null, 1, SlackText, BedrockScript.Asking("exec", "look-2", """{"command":"echo","args":["all","green"]}""")));
        bedrock.AddRule(new BedrockRule(null, 2, SlackText, new BedrockScript(
            new BedrockStep.Silence(Silence),
            new BedrockStep.Text(Words("Build 412 is green.", SlackDeltas), BetweenDeltas),
            new BedrockStep.MessageStop(),
            new BedrockStep.Metadata())));
        bedrock.AddRule(Short(CronText, "Nothing is in the way."));
        bedrock.AddRule(Short("#1:", "Thank you, I will look at it."));
    }

    private static BedrockRule Short(string contains, string opening) => new(null, null, contains, new BedrockScript(
        new BedrockStep.Text(Words(opening, ShortDeltas), BetweenDeltas), new BedrockStep.MessageStop(), new BedrockStep.Metadata()));

    private static ImmutableArray<string> Words(string opening, int deltas) =>
        [opening, .. Enumerable.Range(2, deltas - 1).Select(number => string.Create(CultureInfo.InvariantCulture, $" w{number}"))];
}
