using System.Globalization;
using Holdfast.Audit;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Harness;

/// <summary>
/// What a transcript has to hold beyond what every transcript has to (see <see cref="TranscriptAudit"/>): the turns that a test knows of,
/// as they ended. A sentence for each fault.
/// </summary>
public static class TranscriptChecks
{
    /// <summary>A session that has one segment.</summary>
    public static IReadOnlyList<string> Check(ReadOnlyMemory<byte> segment, params IReadOnlyList<TranscriptExpectation> turns) =>
        Check([segment], turns);

    /// <param name="segments">All of the session's, in order.</param>
    /// <param name="turns">Those that are known to stand there.</param>
    public static IReadOnlyList<string> Check(IReadOnlyList<ReadOnlyMemory<byte>> segments, IReadOnlyList<TranscriptExpectation> turns)
    {
        ArgumentNullException.ThrowIfNull(turns);
        var report = TranscriptAudit.Check(
            new SessionSegments(null, [.. segments.Select((content, number) => new SegmentBytes(number, content))]),
            AppFixture.OrderTolerance);
        var entries = segments.SelectMany(segment => TranscriptLineParser.Parse(segment).Entries).ToList();
        return
        [
            .. report.Faults.Select(fault => FormattableString.Invariant($"{fault.Segment}:{fault.Line} {fault.Sentence}")),
            .. turns.SelectMany(turn => Turn(entries, turn)),
        ];
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
            .Where(answer => RunId.TryParse(answer.Provenance?.RunId ?? "")?.Turn == expected.Turn).ToList();
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
