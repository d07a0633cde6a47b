using System.Globalization;
using System.Text.Json;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Harness;

/// <summary>
/// Reads a segment's bytes and says what is wrong with them; no sentence means no fault. Pure, and knows the file format only: who
/// held the session, and in which order the inbox was, it cannot see.
/// </summary>
public static class TranscriptChecks
{
    public static IReadOnlyList<string> Check(ReadOnlyMemory<byte> segment, params IReadOnlyList<TranscriptExpectation> turns)
    {
        ArgumentNullException.ThrowIfNull(turns);
        var parsed = TranscriptLineParser.Parse(segment);
        var faults = new List<string>();
        faults.AddRange(Header(segment));
        if (parsed.UnreadableLines > 0)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{parsed.UnreadableLines} lines cannot be read"));
        }

        faults.AddRange(Ids(parsed.Entries));
        faults.AddRange(Epochs(parsed.Entries));
        faults.AddRange(ToolCalls(parsed.Entries));
        faults.AddRange(Partials(parsed.Entries, turns.Any(turn => turn.MayHoldFailures)));
        foreach (var turn in turns)
        {
            faults.AddRange(Turn(parsed.Entries, turn));
        }

        return faults;
    }

    private static IEnumerable<string> Header(ReadOnlyMemory<byte> segment)
    {
        var end = segment.Span.IndexOf((byte)'\n');
        if (end < 0)
        {
            yield return "there is no header line";
            yield break;
        }

        string? fault;
        try
        {
            using var header = JsonDocument.Parse(segment[..end]);
            fault = header.RootElement.TryGetProperty("type", out var type) && type.ValueEquals("session")
                && header.RootElement.TryGetProperty("version", out var version) && version.TryGetInt32(out var number) && number == 3
                && header.RootElement.TryGetProperty("id", out var id) && Guid.TryParse(id.GetString(), out _)
                    ? null
                    : "the first line is no header of version 3";
        }
        catch (JsonException)
        {
            fault = "the first line is no JSON";
        }

        if (fault is not null)
        {
            yield return fault;
        }
    }

    /// <summary>No id twice, and no entry that follows one which is not there yet.</summary>
    private static IEnumerable<string> Ids(IEnumerable<TranscriptEntry> entries)
    {
        var seen = new HashSet<EntryId>();
        foreach (var entry in entries)
        {
            if (entry.ParentId is { } parent && !seen.Contains(parent))
            {
                yield return $"entry {entry.Id} follows {parent}, which does not stand before it";
            }

            if (!seen.Add(entry.Id))
            {
                yield return $"entry {entry.Id} stands twice";
            }
        }
    }

    /// <summary>What runs write bears epochs that never go down, and one epoch is one attempt's.</summary>
    private static IEnumerable<string> Epochs(IEnumerable<TranscriptEntry> entries)
    {
        var newest = 0L;
        var owners = new Dictionary<long, (string Run, int Attempt)>();
        foreach (var stamp in entries.Select(entry => entry.Stamp).OfType<EntryStamp>().Where(stamp => stamp.Source == EntrySource.Turn))
        {
            if (stamp.Epoch < newest)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"epoch {stamp.Epoch} of run {stamp.RunId} comes after epoch {newest}");
            }

            newest = Math.Max(newest, stamp.Epoch);
            if (owners.TryAdd(stamp.Epoch, (stamp.RunId, stamp.Attempt)))
            {
                continue;
            }

            if (owners[stamp.Epoch].Run != stamp.RunId)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"epoch {stamp.Epoch} is of two runs: {owners[stamp.Epoch].Run} and {stamp.RunId}");
            }
        }
    }

    /// <summary>Each call of an answer that stands has one result behind it, and no result is without its call.</summary>
    private static IEnumerable<string> ToolCalls(IEnumerable<TranscriptEntry> entries)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        var answered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            switch (entry)
            {
                case TranscriptEntry.AssistantMessage { IsStub: false } answer:
                    open.UnionWith(answer.Content.OfType<ContentBlock.ToolCall>().Select(call => call.Id));
                    break;
                case TranscriptEntry.ToolResult result when !open.Remove(result.CallId):
                    yield return answered.Contains(result.CallId)
                        ? $"tool call {result.CallId} has more than one result"
                        : $"the result of tool call {result.CallId} has no call before it";
                    break;
                case TranscriptEntry.ToolResult result:
                    answered.Add(result.CallId);
                    break;
            }
        }

        foreach (var call in open)
        {
            yield return $"tool call {call} has no result";
        }
    }

    /// <summary>What was streamed is the beginning of what the same attempt then answered.</summary>
    private static IEnumerable<string> Partials(IReadOnlyCollection<TranscriptEntry> entries, bool mayHoldFailures)
    {
        var streams = entries.OfType<TranscriptEntry.StreamedText>().GroupBy(part => (part.Stamp?.RunId, part.Stamp?.Epoch, part.Step));
        foreach (var stream in streams)
        {
            var streamed = string.Concat(stream.Select(part => part.Text));
            var answers = entries.OfType<TranscriptEntry.AssistantMessage>()
                .Where(answer => !answer.IsStub && (answer.Stamp?.RunId, answer.Stamp?.Epoch) == (stream.Key.RunId, stream.Key.Epoch)).ToList();
            if (answers.Count == 0 ? !mayHoldFailures : !answers.Exists(answer => answer.Content.PlainText().StartsWith(streamed, StringComparison.Ordinal)))
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"the streamed parts of run {stream.Key.RunId}, epoch {stream.Key.Epoch}, step {stream.Key.Step} are not the beginning of its answer");
            }
        }
    }

    private static IEnumerable<string> Turn(IReadOnlyCollection<TranscriptEntry> entries, TranscriptExpectation expected)
    {
        var id = EntryId.OfMessage(expected.Turn);
        var messages = entries.OfType<TranscriptEntry.UserMessage>().Where(message => message.Id == id).ToList();
        if (messages.Count != 1)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the message of turn {expected.Turn} stands {messages.Count} times");
        }
        else if (expected.Message is { } text && messages[0].Content.PlainText() != text)
        {
            yield return $"the message of turn {expected.Turn} is not what was sent";
        }

        var answers = entries.OfType<TranscriptEntry.AssistantMessage>()
            .Where(answer => RunId.TryParse(answer.Stamp?.RunId ?? "")?.Turn == expected.Turn).ToList();
        if (!expected.MayHoldFailures && answers.Exists(answer => answer.IsStub))
        {
            yield return $"turn {expected.Turn} left a stub: {answers.First(answer => answer.IsStub).ErrorMessage}";
        }

        if (answers.LastOrDefault(answer => !answer.IsStub)?.Content.PlainText() != expected.FinalText)
        {
            yield return $"the last answer of turn {expected.Turn} is not what was delivered";
        }
    }
}
