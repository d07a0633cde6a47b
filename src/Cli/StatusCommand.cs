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
        var command = new Command("status", "Prints who owns a session, what is pending and where its orchestration stands.") { key };
        command.SetAction((parsed, cancellationToken) => Terminal.RunAsync(async output =>
        {
            using var app = new AppClient(parsed.GetRequiredValue(url), parsed.GetValue(functionKey));
            var status = await app.StatusAsync(parsed.GetRequiredValue(key), cancellationToken);
            await output.WriteLineAsync(JsonSerializer.Serialize(status, Indented));
        }));
        return command;
    }
}
