using System.Collections.Immutable;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Tools;
using Holdfast.Transcripts;

namespace Holdfast.Turns.Steps;

/// <summary>
/// What is due in the transcript before a step asks its model: the message or the tools' results, marks for dead attempts, and what others
/// left in the inbox. One append, as a rule one block.
/// </summary>
public sealed class DueEntries(InboxStore inbox, PendingEntryFlusher sideEntries, ToolRecordStore records, TimeProvider clock)
{
    /// <summary>What the model reads of a call whose execution died: whether the tool did its work is not known.</summary>
    public const string InterruptedText =
        "interrupted: the tool was started and its result was not recorded; it may or may not have done its work";

    internal async Task<FencedOutcome> AppendAsync(StepWork work, CancellationToken cancellationToken)
    {
        var (turn, transcript) = (work.Turn, work.Transcript);
        var entries = ImmutableArray.CreateBuilder<TranscriptEntry>();
        if (work.CameBackOver is { } takeover)
        {
            entries.Add(TurnHistory.VerdictOf(work.Run, takeover, transcript.Identity.Epoch, clock.GetUtcNow()));
        }

        entries.AddRange(TurnHistory.MarkInterrupted(transcript.Conversation, transcript.Identity, clock.GetUtcNow()));
        var pending = work.Step > 0 || turn.HasSideEntries
            ? await sideEntries.CollectAsync(turn.SessionKey, cancellationToken)
            : PendingSideEntries.None;
        entries.AddRange(pending.Entries);
        if (transcript.Conversation.Find(EntryId.OfMessage(work.Run.Turn)) is null)
        {
            entries.Add(TurnHistory.MessageOf(work.Run.Turn, work.Message ?? await ReadMessageAsync(turn, cancellationToken)));
        }

        if (work.ToolCalls.Count > 0)
        {
            var room = TurnPrompt.RoomForResults(transcript.Conversation, work.Run, work.Agent);
            entries.AddRange(await ResultsAsync(work.ToolCalls, room, cancellationToken));
        }

        var outcome = await transcript.AppendAsync(entries.ToImmutable(), cancellationToken);
        if (outcome is FencedOutcome.Appended)
        {
            await sideEntries.RemoveAsync(pending, cancellationToken);
        }

        return outcome;
    }

    private async Task<InboundMessage> ReadMessageAsync(TurnReference turn, CancellationToken cancellationToken) =>
        await inbox.ReadMessageAsync(turn.InboxPath, cancellationToken)
            ?? throw new InvalidDataException("The turn's message is neither in the transcript nor in the inbox.");

    /// <summary>The results' entries, each under an id that every execution of the step would give it.</summary>
    /// <param name="room">Characters that they may take together; the longest are cut, and say so. Their records stay whole.</param>
    private async Task<IReadOnlyList<TranscriptEntry.ToolResult>> ResultsAsync(
        IReadOnlyList<ToolCallReference> calls, int room, CancellationToken cancellationToken)
    {
        var found = new List<(ToolCallReference Call, string Text, bool IsError)>();
        foreach (var call in calls)
        {
            var entry = await records.FindAsync(call.Turn.RunId, call.Step, call.CallId, cancellationToken);
            found.Add(entry?.Record is { State: ToolRecordState.Finished } finished
                ? (call, finished.Text, finished.IsError)
                : (call, InterruptedText, true));
        }

        var most = MostEach([.. found.Select(result => result.Text.Length).Order()], room);
        return
        [
            .. found.Select(result => new TranscriptEntry.ToolResult(
                result.Call.CallId, result.Call.ToolName, [new ContentBlock.Text(EntryCut.Text(result.Text, most))], result.IsError)
            {
                Id = EntryId.OfStep(result.Call.Turn.RunId, result.Call.Step, "tool:" + result.Call.CallId),
                WrittenAt = clock.GetUtcNow(),
            }),
        ];
    }

    /// <summary>What short ones leave of their share goes to the longer ones.</summary>
    private static int MostEach(int[] lengths, int room)
    {
        for (var index = 0; index < lengths.Length; index++)
        {
            var share = room / (lengths.Length - index);
            if (lengths[index] > share)
            {
                return share;
            }

            room -= lengths[index];
        }

        return int.MaxValue;
    }
}
