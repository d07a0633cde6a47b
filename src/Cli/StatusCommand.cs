using System.CommandLine;
using System.Text.Json;

namespace Holdfast.Cli;

/// <summary><c>holdfast status KEY</c></summary>
internal static class StatusCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create(Option<Uri> url, Option<string?> functionKey)
    {
        var key = new Argument<string>("session-key") { Description = "For example agent:main:http:me." };
        var json = new Option<bool>("--json") { Description = "Prints the app's answer as it came." };
        var command = new Command("status", "Prints who owns a session, what is pending and where its orchestration stands.") { key, json };
        command.SetAction((parsed, cancellationToken) => Terminal.RunAsync(async output =>
        {
            using var app = new AppClient(parsed.GetRequiredValue(url), parsed.GetValue(functionKey));
            var status = await app.StatusAsync(parsed.GetRequiredValue(key), cancellationToken);
            if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(status, Indented));
                return;
            }

            foreach (var line in SessionLines.Of(status))
            {
                await output.WriteLineAsync(line);
            }
        }));
        return command;
    }
}
