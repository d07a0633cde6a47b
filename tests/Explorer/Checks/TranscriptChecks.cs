using System.Text;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Tests.Explorer.Scenarios;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Explorer.Checks;

/// <summary>What must hold of a transcript at the end of every schedule, read from the bytes of its segments alone.</summary>
internal static class TranscriptChecks
{
    public static IReadOnlyList<TranscriptEntry> EntriesOf(World world) =>
        [.. SegmentsOf(world).SelectMany(segment => TranscriptLineParser.Parse(segment.Content).Entries)];

    /// <returns>The first promise that is broken; null when all hold.</returns>
    public static string? Check(World world)
    {
        var segments = SegmentsOf(world);
        EntryId? last = null;
        for (var number = 0; number < segments.Count; number++)
        {
            if (Segment(segments[number], number, isLast: number == segments.Count - 1, last) is { } fault)
            {
                return fault;
            }

            last = TranscriptLineParser.Parse(segments[number].Content).Entries is [.., var newest] ? newest.Id : last;
        }

        var entries = EntriesOf(world);
        return Doubles(entries) ?? Epochs(entries) ?? Chain(entries) ?? AfterQuestion(entries) ?? Parts(entries);
    }

    /// <summary>One header, which names what the segment goes on from; all but the last are sealed.</summary>
    private static string? Segment(BlobSnapshot segment, int number, bool isLast, EntryId? before)
    {
        var lines = Encoding.UTF8.GetString(segment.Content.Span).Split('\n');
        var headers = lines.Count(line => line.Contains("\"type\":\"session\"", StringComparison.Ordinal));
        var unreadable = TranscriptLineParser.Parse(segment.Content).UnreadableLines;
        if (unreadable > 0 || headers != (segment.Length > 0 ? 1 : 0))
        {
            return $"I6: {unreadable} unreadable lines, {headers} headers in segment {number}";
        }

        var continues = $"\"continues\":{{\"segment\":{number - 1},\"lastId\":{(before is null ? "null" : $"\"{before}\"")}}}}}";
        if (number > 0 && segment.Length > 0 && !lines[0].EndsWith(continues, StringComparison.Ordinal))
        {
            return $"I6: segment {number} does not name entry {before} as what it goes on from";
        }

        return isLast || segment.IsSealed ? null : $"I6: segment {number} is not sealed and has a successor";
    }

    public static int CountOf(World world, EntryId id) => EntriesOf(world).Count(entry => entry.Id == id);

    /// <summary>The turn's message stands exactly once.</summary>
    public static string? Message(World world, TurnId turn) =>
        CountOf(world, EntryId.OfMessage(turn)) is not 1 and var count ? $"I3: the message stands {count} times" : null;

    private static string? Doubles(IReadOnlyList<TranscriptEntry> entries) =>
        entries.GroupBy(entry => entry.Id).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? $"I3: {twice.First().GetType().Name} {twice.Key} stands {twice.Count()} times"
            : null;

    private static string? Epochs(IReadOnlyList<TranscriptEntry> entries)
    {
        var last = (Epoch: 0L, RunId: "");
        foreach (var stamp in entries.Select(entry => entry.Stamp).Where(stamp => stamp is { Source: EntrySource.Turn, Epoch: > 0 }))
        {
            if (stamp!.Epoch < last.Epoch)
            {
                return $"I2: epoch {stamp.Epoch} wrote after epoch {last.Epoch}";
            }

            if (stamp.Epoch == last.Epoch && stamp.RunId != last.RunId)
            {
                return $"I7: two runs wrote under epoch {stamp.Epoch}";
            }

            last = (stamp.Epoch, stamp.RunId);
        }

        return null;
    }

    /// <summary>Nothing follows a foreign question under an epoch that wrote before it: whoever goes on has claimed again.</summary>
    private static string? AfterQuestion(IReadOnlyList<TranscriptEntry> entries)
    {
        var at = entries.ToList().FindIndex(entry => entry is TranscriptEntry.UserMessage { Stamp: null });
        var before = entries.Take(Math.Max(at, 0)).Select(entry => entry.Stamp?.Epoch ?? 0).ToHashSet();
        return at >= 0 && entries.Skip(at).Any(entry => entry.Stamp is { Source: EntrySource.Turn, Epoch: > 0 } stamp && before.Contains(stamp.Epoch))
            ? "I2: a run went on after somebody else's question"
            : null;
    }

    private static string? Chain(IReadOnlyList<TranscriptEntry> entries)
    {
        EntryId? before = null;
        foreach (var entry in entries)
        {
            if (entry.ParentId != before)
            {
                return $"I6: {entry.GetType().Name} {entry.Id} follows {entry.ParentId?.Value ?? "nothing"} and stands after {before?.Value ?? "nothing"}";
            }

            before = entry.Id;
        }

        return null;
    }

    /// <summary>Streamed text comes before its step's answer, and an attempt's parts are the beginning of what the model said.</summary>
    private static string? Parts(IReadOnlyList<TranscriptEntry> entries)
    {
        var said = new Dictionary<(string Run, long Epoch), string>();
        var answered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry is TranscriptEntry.AssistantMessage { IsStub: false, Stamp: { } author })
            {
                answered.Add(author.RunId);
            }
            else if (entry is TranscriptEntry.StreamedText { Stamp: { } stamp } part)
            {
                var text = said.GetValueOrDefault((stamp.RunId, stamp.Epoch), "") + part.Text;
                said[(stamp.RunId, stamp.Epoch)] = text;
                if (answered.Contains(stamp.RunId) || !ScriptedModel.Answer.StartsWith(text, StringComparison.Ordinal))
                {
                    return $"I6: streamed text of run {stamp.RunId}, epoch {stamp.Epoch}, stands after the answer or out of order";
                }
            }
        }

        return null;
    }

    private static IReadOnlyList<BlobSnapshot> SegmentsOf(World world) =>
        [.. world.List("sessions/").Select(row => world.Raw.ReadAsync(row.Path, 0, null, CancellationToken.None).GetAwaiter().GetResult()!)];
}
