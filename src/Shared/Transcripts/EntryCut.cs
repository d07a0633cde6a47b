using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Holdfast.Transcripts;

/// <summary>
/// Makes entries fit that are longer than one append takes: texts are cut and say so, what cannot be cut is left out and says so. A turn
/// goes on with less rather than not at all. Pure.
/// </summary>
public static class EntryCut
{
    /// <summary>A text of this length fits into one append however it is escaped, at six bytes a character.</summary>
    public const int SafeCharacters = 512 * 1024;

    private const int FirstCharacters = 2 * SafeCharacters;
    private const string Beginning = "\n[cut here: ";
    private const string Ending = " characters are shown]";

    /// <summary>The one property of arguments that were left out; no tool is run with them.</summary>
    private const string Mark = "holdfast:cut";

    private static readonly string LeftOut = $$"""{"{{Mark}}":"too long to be kept"}""";

    /// <summary>At most this many characters, and then how many there were.</summary>
    public static string Text(string text, int maxCharacters)
    {
        if (text.Length <= maxCharacters)
        {
            return text;
        }

        var kept = WholeCharacters(text, maxCharacters);
        return text[..kept] + string.Create(CultureInfo.InvariantCulture, $"{Beginning}{kept} of {text.Length}{Ending}");
    }

    /// <returns>What stands before the mark of a text that was cut; null for one that is whole.</returns>
    public static string? Shown(string text) =>
        text.EndsWith(Ending, StringComparison.Ordinal) && text.LastIndexOf(Beginning, StringComparison.Ordinal) is >= 0 and var end
            ? text[..end]
            : null;

    /// <summary>The same text in pieces that are safe, none of which ends within a character.</summary>
    public static IEnumerable<string> Pieces(string text)
    {
        while (text.Length > SafeCharacters)
        {
            var length = WholeCharacters(text, SafeCharacters);
            yield return text[..length];
            text = text[length..];
        }

        yield return text;
    }

    /// <summary>True for arguments that stand in place of longer ones.</summary>
    public static bool IsCut(JsonElement arguments) => arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(Mark, out _);

    /// <summary>The entry, cut until its line is short enough.</summary>
    internal static TranscriptEntry Fit(TranscriptEntry entry, Func<TranscriptEntry, bool> fits)
    {
        for (var characters = FirstCharacters; characters > 0; characters /= 2)
        {
            if (Cut(entry, characters) is var cut && fits(cut))
            {
                return cut;
            }
        }

        return new TranscriptEntry.Other("cut")
        {
            Id = entry.Id,
            ParentId = entry.ParentId,
            WrittenAt = entry.WrittenAt,
            Provenance = entry.Provenance,
        };
    }

    private static int WholeCharacters(string text, int most) => most > 0 && char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;

    private static TranscriptEntry Cut(TranscriptEntry entry, int characters) => entry switch
    {
        TranscriptEntry.UserMessage message => message with { Content = Cut(message.Content, characters) },
        TranscriptEntry.AssistantMessage message => message with
        {
            Content = Cut(message.Content, characters),
            ErrorMessage = message.ErrorMessage is { } error ? Text(error, characters) : null,
        },
        TranscriptEntry.ToolResult result => result with { Content = Cut(result.Content, characters) },
        TranscriptEntry.CustomMessage message => message with { Content = Cut(message.Content, characters) },
        TranscriptEntry.StreamedText part => part with { Text = Text(part.Text, characters) },
        TranscriptEntry.Verdict verdict => verdict with { Explanation = Text(verdict.Explanation, characters) },
        TranscriptEntry.Compaction compaction => compaction with { Summary = Text(compaction.Summary, characters) },
        TranscriptEntry.Custom custom when custom.DataJson.Length > characters => custom with { DataJson = LeftOut },
        _ => entry,
    };

    private static ImmutableArray<ContentBlock> Cut(ImmutableArray<ContentBlock> content, int characters) =>
    [
        .. content.Select(block => block switch
        {
            ContentBlock.Text text => text with { Value = Text(text.Value, characters) },

            // Its signature is for the whole; without one it is not replayed.
            ContentBlock.Thinking thinking when thinking.Value.Length + (thinking.Signature?.Length ?? 0) > characters =>
                new ContentBlock.Thinking(Text(thinking.Value, characters), Signature: null),
            ContentBlock.ToolCall call when call.Arguments.GetRawText().Length > characters =>
                call with { Arguments = JsonElement.Parse(LeftOut) },
            _ => block,
        }),
    ];
}
