using System.CommandLine;
using System.Net;
using Holdfast.Transcripts;

namespace Holdfast.Cli;

/// <summary><c>holdfast tail KEY</c>: reads only what is new, by range, from one segment into the next.</summary>
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
            var (segment, position) = (0, 0L);
            while (true)
            {
                var part = await ReadAsync(app, sessionKey, segment, position, cancellationToken);
                var whole = Array.LastIndexOf(part.Bytes, (byte)'\n') + 1;
                foreach (var entry in TranscriptLineParser.Parse(part.Bytes.AsMemory(0, whole)).Entries)
                {
                    await output.WriteLineAsync(LineOf(entry));
                }

                position += whole;
                if (whole == 0 && part.NextSegment is { } next)
                {
                    (segment, position) = (next, 0); // Sealed, and read to its end.
                }
                else if (whole == 0 && parsed.GetValue(once))
                {
                    return;
                }
                else if (whole == 0)
                {
                    await Task.Delay(LookEvery, TimeProvider.System, cancellationToken);
                }
            }
        }));
        return command;
    }

    /// <summary>A segment after the first may not be there yet: its predecessor was sealed a moment ago.</summary>
    private static async Task<SegmentPart> ReadAsync(
        AppClient app, string sessionKey, int segment, long position, CancellationToken cancellationToken)
    {
        try
        {
            return await app.TranscriptAsync(sessionKey, segment, position, cancellationToken);
        }
        catch (HttpRequestException missing) when (missing.StatusCode == HttpStatusCode.NotFound && segment > 0)
        {
            return new SegmentPart([], null);
        }
    }

    private static string LineOf(TranscriptEntry entry)
    {
        var author = entry.Provenance is { } provenance
            ? $"epoch {provenance.Epoch} attempt {provenance.Attempt} {EntrySources.NameOf(provenance.Source)}"
            : "unstamped";
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
