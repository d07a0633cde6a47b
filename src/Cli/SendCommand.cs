using System.CommandLine;

namespace Holdfast.Cli;

/// <summary><c>holdfast send KEY TEXT</c></summary>
internal static class SendCommand
{
    public static Command Create(Option<Uri> url, Option<string?> functionKey)
    {
        var key = new Argument<string>("session-key") { Description = "For example agent:main:http:me." };
        var text = new Argument<string>("text") { Description = "What the agent is asked." };
        var idempotencyKey = new Option<string?>("--idempotency-key") { Description = "Makes a repeated command the same message." };
        var command = new Command("send", "Sends a message to a session and prints its turn and links.") { key, text, idempotencyKey };
        command.SetAction((parsed, cancellationToken) => Terminal.RunAsync(async output =>
        {
            using var app = new AppClient(parsed.GetRequiredValue(url), parsed.GetValue(functionKey));
            var answer = await app.SendAsync(
                parsed.GetRequiredValue(key), parsed.GetRequiredValue(text), parsed.GetValue(idempotencyKey), cancellationToken);
            await output.WriteLineAsync($"turn    {answer.GetProperty("TurnId").GetString()}");
            await output.WriteLineAsync($"status  {answer.GetProperty("StatusQueryGetUri").GetString()}");
        }));
        return command;
    }
}
