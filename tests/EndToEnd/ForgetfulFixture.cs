using System.Text.Json.Nodes;
using Holdfast.Harness;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A fixture whose model has a small context, so that a second message of some length is one too many.</summary>
public sealed class ForgetfulFixture : RunningFixture
{
    protected override AppConfiguration Configuration() => AppConfiguration.Default(AppFixture, configuration =>
    {
        var model = configuration["models"]!["thinker"]!;
        model["contextTokens"] = 8_000;
        model["maxOutputTokens"] = 1_000;
        configuration.SettingsOf("main")["compaction"] = new JsonObject { ["atShare"] = 0.3, ["keepShare"] = 0.1 };
    });
}
