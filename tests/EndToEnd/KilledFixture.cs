using System.Text.Json.Nodes;
using Holdfast.Harness;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A fixture whose app is killed and started again; its agent may sleep, for eight seconds at most.</summary>
public sealed class KilledFixture : RunningFixture
{
    /// <summary>As a power cut and a start after it, on the same store.</summary>
    public async Task KillAndRestartAsync()
    {
        await App.KillAsync();
        await App.RestartAsync();
    }

    protected override AppConfiguration Configuration() => AppConfiguration.Default(AppFixture, configuration =>
    {
        var exec = configuration.SettingsOf("main")["exec"]!;
        exec["commands"]!["sleep"] = new JsonObject { ["path"] = "/bin/sleep" };
        exec["timeout"] = "8s";
    });
}
