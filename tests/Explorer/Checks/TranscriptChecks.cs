using Holdfast.Audit;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Tests.Explorer.Scenarios;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Explorer.Checks;

/// <summary>What must hold of a transcript at the end of every schedule, read from the bytes of its segments alone.</summary>
internal static class TranscriptChecks
{
    /// <summary>Of all sessions.</summary>
    public static IReadOnlyList<TranscriptEntry> EntriesOf(World world) => EntriesOf(SegmentsOf(world));

    private static IReadOnlyList<TranscriptEntry> EntriesOf(IEnumerable<BlobSnapshot> segments) =>
        [.. segments.SelectMany(segment => TranscriptLineParser.Parse(segment.Content).Entries)];

    private static IReadOnlyList<TranscriptEntry> LinesOf(World world, BlobListing row) =>
        EntriesOf([world.Raw.ReadAsync(row.Path, 0, null, CancellationToken.None).GetAwaiter().GetResult()!]);

    private static string? SessionOf(BlobSnapshot segment) => OwnershipMetadata.FromMetadata(segment.Metadata)?.SessionId.Value;

    /// <returns>The first promise that is broken; null when all hold.</returns>
    public static string? Check(World world) =>
        new SessionAudit(world.Raw).FaultsAsync(CancellationToken.None).GetAwaiter().GetResult() is [var fault, ..]
            ? fault
            : SegmentsOf(world)
                .GroupBy(segment => SessionOf(segment))
                .Select(session => Parts(EntriesOf(session)))
                .FirstOrDefault(torn => torn is not null);

    public static int CountOf(World world, EntryId id) => EntriesOf(world).Count(entry => entry.Id == id);

    /// <summary>An operator's break is in the transcript, or waits in the inbox to get there.</summary>
    public static bool IsBreakNoted(World world) =>
        EntriesOf(world).Concat(
            world.List("inbox/").Where(row => InboxItem.Parse(row) is { Kind: InboxKind.Side }).SelectMany(row => LinesOf(world, row)))
            .Any(entry => entry is TranscriptEntry.Custom { CustomType: "holdfast/lease-break" });

    /// <summary>The turn's message stands exactly once; with a reset once in each session that it was asked in.</summary>
    public static string? Message(World world, TurnId turn, bool isReset = false) =>
        CountOf(world, EntryId.OfMessage(turn)) is var count && (count == 1 || (isReset && count == 2))
            ? null
            : $"I3: the message stands {count} times";

    /// <summary>An attempt's parts are the beginning of what the model said, also where no answer came of them.</summary>
    private static string? Parts(IReadOnlyList<TranscriptEntry> entries)
    {
        var streams = entries.OfType<TranscriptEntry.StreamedText>().GroupBy(part => (part.Provenance?.RunId, part.Provenance?.Epoch));
        var torn = streams.FirstOrDefault(
            stream => !ScriptedModel.Answer.StartsWith(string.Concat(stream.Select(part => part.Text)), StringComparison.Ordinal));
        return torn is null ? null : $"I6: streamed text of run {torn.Key.RunId}, epoch {torn.Key.Epoch}, is not what the model said";
    }

    /// <summary>A session that its key does not name is closed for good: nothing can follow in it.</summary>
    public static string? Closed(World world, string currentSessionId)
    {
        foreach (var row in world.List("sessions/").Where(row => !row.Path.Value.Contains(currentSessionId, StringComparison.Ordinal)))
        {
            if (world.Raw.ReadAsync(row.Path, 0, 0, CancellationToken.None).GetAwaiter().GetResult() is not { IsSealed: true })
            {
                return "I7: a session that was reset takes writes beside the one that follows it";
            }
        }

        return null;
    }

    private static IReadOnlyList<BlobSnapshot> SegmentsOf(World world) =>
        [
            .. world.List("sessions/").Select(
                row => world.Raw.ReadAsync(row.Path, 0, null, CancellationToken.None).GetAwaiter().GetResult()!),
        ];
}
