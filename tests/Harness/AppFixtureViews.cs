using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Tests.Support;
using Holdfast.Transcripts;

namespace Holdfast.Harness;

/// <summary>Waits for and looks at what stands in the store.</summary>
public static class AppFixtureViews
{
    /// <summary>The entries of a transcript once <paramref name="condition"/> holds; before the session exists there are none.</summary>
    public static async Task<IReadOnlyList<TranscriptEntry>> TranscriptOnceAsync(
        this AppFixture fixture, string sessionKey, Func<IReadOnlyList<TranscriptEntry>, bool> condition, TimeSpan within, string what)
    {
        IReadOnlyList<TranscriptEntry> entries = [];
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                if (await fixture.Sessions.FindAsync(SessionKey.Parse(sessionKey), CancellationToken.None) is null)
                {
                    return false;
                }

                entries = await fixture.TranscriptAsync(sessionKey);
                return condition(entries);
            },
            within,
            what);
        return entries;
    }

    /// <summary>What a turn's delivery says.</summary>
    public static async Task<OutboxRecord> DeliveryAsync(this AppFixture fixture, TurnId turn) =>
        (await fixture.Outbox.FindAsync(turn, CancellationToken.None)
            ?? throw new InvalidDataException($"Turn {turn} has no delivery.")).Record;

    /// <summary>The texts that people said, in the order of the file.</summary>
    public static IReadOnlyList<string> Said(this IEnumerable<TranscriptEntry> entries) =>
        [.. entries.OfType<TranscriptEntry.UserMessage>().Select(entry => entry.Content.PlainText())];

    /// <summary>The entries that record failures.</summary>
    public static IReadOnlyList<TranscriptEntry.AssistantMessage> Stubs(this IEnumerable<TranscriptEntry> entries) =>
        [.. entries.OfType<TranscriptEntry.AssistantMessage>().Where(entry => entry.IsStub)];

    /// <summary>The answers, tool requests among them.</summary>
    public static IReadOnlyList<TranscriptEntry.AssistantMessage> Answers(this IEnumerable<TranscriptEntry> entries) =>
        [.. entries.OfType<TranscriptEntry.AssistantMessage>().Where(entry => !entry.IsStub)];

    /// <summary>The streamed text that an ownership of this number left.</summary>
    public static string StreamedIn(this IEnumerable<TranscriptEntry> entries, long epoch) =>
        string.Concat(
            entries.OfType<TranscriptEntry.StreamedText>().Where(entry => entry.Provenance!.Epoch == epoch).Select(entry => entry.Text));
}
