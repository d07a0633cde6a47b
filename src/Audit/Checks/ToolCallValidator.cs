using System.Collections.Immutable;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Audit.Checks;

/// <summary>
/// Each tool call has one result behind it, by the same run, unless the run gave up or was taken over; no result stands alone. Of what
/// other programs wrote the same is only noted: no prompt replays it.
/// </summary>
internal static class ToolCallValidator
{
    public static IEnumerable<AuditFinding> Check(ImmutableArray<AuditedLine> lines, RunEndings endings)
    {
        var open = new List<(string Run, string CallId, AuditedLine Line)>();
        var answered = new HashSet<(string Run, string CallId)>();
        foreach (var line in lines)
        {
            var run = line.IsOfTurn ? line.Entry.Provenance!.RunId : "";
            switch (line.Entry)
            {
                case TranscriptEntry.AssistantMessage { IsStub: false } answer:
                    open.AddRange(
                        answer.Content.OfType<ContentBlock.ToolCall>().Select(call => call.Id).Distinct()
                        .Select(call => (run, call, line)));
                    break;
                case TranscriptEntry.ToolResult result
                    when open.FindIndex(call => call.Run == run && call.CallId == result.CallId) is >= 0 and var first:
                    open.RemoveAt(first);
                    answered.Add((run, result.CallId));
                    break;
                case TranscriptEntry.ToolResult result:
                    var finding = answered.Contains((run, result.CallId))
                        ? AuditFinding.At(FindingKind.DoubledResult, line, $"tool call {result.CallId} has more than one result")
                        : AuditFinding.At(
                            FindingKind.OrphanedResult, line, $"the result of tool call {result.CallId} has no call before it");
                    yield return finding with { IsFault = line.IsOfTurn };
                    break;
            }
        }

        foreach (var (runId, call, line) in open)
        {
            if (Unpaired(RunId.TryParse(runId), call, line, endings) is { } finding)
            {
                yield return finding;
            }
        }
    }

    private static AuditFinding? Unpaired(RunId? run, string call, AuditedLine line, RunEndings endings)
    {
        var what = $"tool call {call} has no result";
        return run is null
            ? AuditFinding.At(FindingKind.UnpairedCall, line, what) with { IsFault = line.IsOfTurn }
            : endings.HasFailed(run, line) ? null : endings.Check(FindingKind.UnpairedCall, line, run, what);
    }
}
