using System.CommandLine;
using Holdfast.Transcripts;

namespace Holdfast.Cli;

/// <summary><c>holdfast tail KEY</c>: reads only what is new, by range.</summary>
internal static class TailCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public static Command Create(Option<Uri> url, Option<string?> functionKey)
    {
        var key = new Argument<string>("session-key") { Description = "For example agent:main:http:me." };
        var once = new Option<bool>("--once") { Description = "Prints what is there and ends." };
        var command = new Command("tail", "Prints a session's transcript and follows it until Ctrl-C.") { key, once };
        command.SetAction((parsed, cancellationToken) => Terminal.RunAsync(async output =>
        {
            using var app = new AppClient(parsed.GetRequiredValue(url), parsed.GetValue(functionKey));
            var sessionKey = parsed.GetRequiredValue(key);
            var position = 0L;
            do
            {
                var bytes = await app.TranscriptAsync(sessionKey, position, cancellationToken);
                var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
                foreach (var entry in TranscriptLineParser.Parse(bytes.AsMemory(0, whole)).Entries)
                {
                    await output.WriteLineAsync(LineOf(entry));
                }

                position += whole;
                await (parsed.GetValue(once) ? Task.CompletedTask : Task.Delay(LookEvery, TimeProvider.System, cancellationToken));
            }
            while (!parsed.GetValue(once));
        }));
        return command;
    }

    private static string LineOf(TranscriptEntry entry)
    {
        var author = entry.Stamp is { } stamp ? $"epoch {stamp.Epoch} attempt {stamp.Attempt} {EntrySources.NameOf(stamp.Source)}" : "unstamped";
        return $"{entry.WrittenAt:HH:mm:ss}  {author,-26}  {TextOf(entry)}";
    }

    private static string TextOf(TranscriptEntry entry) => entry switch
    {
        TranscriptEntry.UserMessage user => "user       " + user.Content.PlainText(),
        TranscriptEntry.AssistantMessage { IsStub: true } stub => "stub       " + stub.ErrorMessage,
        TranscriptEntry.AssistantMessage answer => "assistant  " + answer.Content.PlainText()
            + string.Concat(answer.Content.OfType<ContentBlock.ToolCall>().Select(call => $"[{call.Name} {call.Id}]")),
        TranscriptEntry.ToolResult result => "tool       " + result.Content.PlainText(),
        TranscriptEntry.StreamedText part => "streaming  " + part.Text,
        TranscriptEntry.Verdict verdict => $"verdict    {verdict.Kind}: {verdict.Explanation}",
        TranscriptEntry.Custom custom => $"{custom.CustomType} {custom.DataJson}",
        _ => entry.GetType().Name,
    };
}
