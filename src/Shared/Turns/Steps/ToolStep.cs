using System.Text.Json;
using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tools;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Turns.Steps;

/// <summary>
/// Runs one tool call and records its result. May run twice, also at once: the call's id is recorded first, and a second execution
/// of a tool with side effects waits for the first one's result and, if that never comes, says so instead of running the tool again.
/// </summary>
public sealed partial class ToolStep(
    SessionOwnership session, ToolRecordStore records, IAgentDirectory agents, IdSource ids, IOptions<TurnOptions> options,
    TimeProvider clock, ILogger<ToolStep> log)
{
    /// <summary>How long the call may take to be recorded; an execution that gives up leaves a call that counts as interrupted.</summary>
    private static readonly TimeSpan BegunWithin = TimeSpan.FromSeconds(8);

    /// <summary>How long after a tool's own limit its result may take to be recorded.</summary>
    private static readonly TimeSpan RecordedWithin = TimeSpan.FromSeconds(5);

    /// <summary>The most that is recorded of a result; a prompt shows less.</summary>
    private const int MaxCharacters = 4 * 1024 * 1024;

    public async Task<TurnTally> RunAsync(ToolCallReference call, CancellationToken cancellationToken)
    {
        await using var renewer = session.Renew(call.Turn);
        var tool = agents.Find(call.Turn.AgentId)?.Tools.FirstOrDefault(tool => tool.Definition.Name == call.ToolName);
        var beginUntil = clock.GetUtcNow() + BegunWithin;
        var started = new ToolRecord(
            call.Turn.RunId,
            call.Step,
            call.CallId,
            call.ToolName,
            ToolRecordState.Started,
            GiveUpAt: beginUntil + (tool?.Limit ?? TimeSpan.Zero) + RecordedWithin)
        {
            Nonce = ids.NewNonce(),
        };

        // Another execution could not tell a record whose answer was lost from that of a tool that ran: so it is asked for here.
        var (entry, isNew) = await StorageOutage.OutlastAsync(
            () => records.BeginAsync(started, cancellationToken), beginUntil, clock, cancellationToken);
        if (isNew || (entry.Record.State == ToolRecordState.Started && tool?.HasSideEffects == false))
        {
            await RunAsync(call, tool, entry, cancellationToken);
        }
        else
        {
            await FollowAsync(call, entry, cancellationToken);
        }

        return TurnTally.Zero with { ToolCalls = 1 };
    }

    private async Task RunAsync(ToolCallReference call, ITool? tool, ToolRecordEntry entry, CancellationToken cancellationToken)
    {
        var outcome = tool is null
            ? new ToolOutcome.Denied($"There is no tool named {call.ToolName}.")
            : await RunAsync(call, tool, await InputOfAsync(call, cancellationToken), cancellationToken);
        LogRan(log, call.ToolName, outcome.IsError, call.Turn.RunId.Value, call.Step);
        var finished = entry.Record with
        {
            State = ToolRecordState.Finished,
            Text = EntryCut.Text(outcome.Text, MaxCharacters),
            IsError = outcome.IsError,
        };
        await StorageOutage.OutlastAsync(
            () => records.TryReplaceAsync(entry, finished, cancellationToken), call.Turn.DeadlineAt, clock, cancellationToken);
    }

    private static async Task<ToolOutcome> RunAsync(
        ToolCallReference call, ITool tool, JsonElement input, CancellationToken cancellationToken) => EntryCut.IsCut(input)
            ? new ToolOutcome.Denied("The call was not run: its arguments were longer than a transcript takes. Send less at once.")
            : await tool.RunAsync(new ToolCall(call.CallId, call.Turn.SessionId, input), cancellationToken);

    /// <summary>The first execution's result, or the mark that there is none.</summary>
    private async Task FollowAsync(ToolCallReference call, ToolRecordEntry entry, CancellationToken cancellationToken)
    {
        while (entry.Record.State == ToolRecordState.Started)
        {
            if (clock.GetUtcNow() >= entry.Record.GiveUpAt)
            {
                LogInterrupted(log, call.ToolName, call.Turn.RunId.Value, call.Step);
                await records.TryReplaceAsync(entry, entry.Record with { State = ToolRecordState.Interrupted }, cancellationToken);
                return;
            }

            await Task.Delay(options.Value.FollowEvery, clock, cancellationToken);
            entry = await records.FindAsync(call.Turn.RunId, call.Step, call.CallId, cancellationToken) ?? entry;
        }
    }

    private async Task<JsonElement> InputOfAsync(ToolCallReference call, CancellationToken cancellationToken)
    {
        var view = await session.ReadAsync(call.Turn, cancellationToken);
        var answer = view is null ? null : TurnHistory.FindAnswer(view.Conversation, call.Turn.RunId, call.Step);
        return answer?.Content.OfType<ContentBlock.ToolCall>().FirstOrDefault(block => block.Id == call.CallId)?.Arguments
            ?? throw new InvalidDataException("The tool call does not stand in the transcript.");
    }
}
