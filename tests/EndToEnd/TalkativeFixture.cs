using System.Text.Json.Nodes;
using Holdfast.Harness;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A fixture whose app logs all it can, down to each execution, with words in its settings that no log may have.</summary>
public sealed class TalkativeFixture : RunningFixture
{
    public const string ToolSetting = "tool-setting-6be3";

    public const string Instructions = "instructions-d94c";

    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["TOOL_SETTING"] = ToolSetting,
        ["AzureFunctionsJobHost__logging__logLevel__default"] = "Debug",
    };

    protected override AppConfiguration Configuration() => AppConfiguration.Default(AppFixture, configuration =>
    {
        configuration.Instructions = Instructions;
        var exec = configuration.SettingsOf("main")["exec"]!;
        exec["commands"]!["printenv"] = new JsonObject();
        exec["environment"] = new JsonArray("TOOL_SETTING");
    });
}
