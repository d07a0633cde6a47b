using Holdfast.Tools;
using Holdfast.Transcripts;

namespace Holdfast.Turns.Steps;

/// <summary>Turns recorded tool calls into the transcript's tool results, in the order of the calls.</summary>
public sealed class ToolResults(ToolRecordStore records, TimeProvider clock)
{
    /// <summary>What the model reads of a call whose execution died: whether the tool did its work is not known.</summary>
    public const string InterruptedText = "interrupted: the tool was started and its result was not recorded; it may or may not have done its work";

    /// <summary>The results' entries, each under an id that every execution of the step would give it.</summary>
    /// <param name="room">Characters that they may take together; the longest are cut, and say so. Their records stay whole.</param>
    public async Task<IReadOnlyList<TranscriptEntry.ToolResult>> EntriesAsync(
        IReadOnlyList<ToolCallReference> calls, int room, CancellationToken cancellationToken)
    {
        var found = new List<(ToolCallReference Call, string Text, bool IsError)>();
        foreach (var call in calls)
        {
            var entry = await records.FindAsync(call.Turn.Run(), call.Step, call.CallId, cancellationToken);
            found.Add(entry?.Record is { State: ToolRecordState.Finished } finished ? (call, finished.Text, finished.IsError) : (call, InterruptedText, true));
        }

        var most = MostEach([.. found.Select(result => result.Text.Length).Order()], room);
        return
        [
            .. found.Select(result => new TranscriptEntry.ToolResult(
                result.Call.CallId, result.Call.ToolName, [new ContentBlock.Text(EntryCut.Text(result.Text, most))], result.IsError)
            {
                Id = EntryId.OfStep(result.Call.Turn.Run(), result.Call.Step, "tool:" + result.Call.CallId),
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
