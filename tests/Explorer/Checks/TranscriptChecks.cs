using Holdfast.Auditing;
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
    public static string? Check(World world) =>
        new SessionAudit(world.Raw).FaultsAsync(CancellationToken.None).GetAwaiter().GetResult() is [var fault, ..] ? fault : Parts(EntriesOf(world));

    public static int CountOf(World world, EntryId id) => EntriesOf(world).Count(entry => entry.Id == id);

    /// <summary>The turn's message stands exactly once.</summary>
    public static string? Message(World world, TurnId turn) =>
        CountOf(world, EntryId.OfMessage(turn)) is not 1 and var count ? $"I3: the message stands {count} times" : null;

    /// <summary>An attempt's parts are the beginning of what the model said, also where no answer came of them.</summary>
    private static string? Parts(IReadOnlyList<TranscriptEntry> entries)
    {
        var streams = entries.OfType<TranscriptEntry.StreamedText>().GroupBy(part => (part.Stamp?.RunId, part.Stamp?.Epoch));
        var torn = streams.FirstOrDefault(stream => !ScriptedModel.Answer.StartsWith(string.Concat(stream.Select(part => part.Text)), StringComparison.Ordinal));
        return torn is null ? null : $"I6: streamed text of run {torn.Key.RunId}, epoch {torn.Key.Epoch}, is not what the model said";
    }

    private static IReadOnlyList<BlobSnapshot> SegmentsOf(World world) =>
        [.. world.List("sessions/").Select(row => world.Raw.ReadAsync(row.Path, 0, null, CancellationToken.None).GetAwaiter().GetResult()!)];
}
