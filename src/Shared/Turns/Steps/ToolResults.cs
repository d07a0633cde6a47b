using Holdfast.Tools;
using Holdfast.Transcripts;

namespace Holdfast.Turns.Steps;

/// <summary>Turns recorded tool calls into the transcript's tool results, in the order of the calls.</summary>
public sealed class ToolResults(ToolRecordStore records, TimeProvider clock)
{
    /// <summary>What the model reads of a call whose execution died: whether the tool did its work is not known.</summary>
    public const string InterruptedText = "interrupted: the tool was started and its result was not recorded; it may or may not have done its work";

    /// <summary>The result's entry, under an id that every execution of the step would give it.</summary>
    public async Task<TranscriptEntry.ToolResult> EntryAsync(ToolCallReference call, CancellationToken cancellationToken)
    {
        var run = call.Turn.Run();
        var found = await records.FindAsync(run, call.Step, call.CallId, cancellationToken);
        var (text, isError) = found?.Record is { State: ToolRecordState.Finished } finished ? (finished.Text, finished.IsError) : (InterruptedText, true);
        return new TranscriptEntry.ToolResult(call.CallId, call.ToolName, [new ContentBlock.Text(text)], isError)
        {
            Id = EntryId.OfStep(run, call.Step, "tool:" + call.CallId),
            WrittenAt = clock.GetUtcNow(),
        };
    }
}
