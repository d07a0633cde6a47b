using System.Collections.Immutable;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Models.Prompts;

/// <summary>
/// Entries, oldest first → messages that the API accepts (<see href="../../../../docs/invariants.md">I9</see>). Neighbours of one role
/// become one message; the results of a message's calls stand right after it, in the calls' order, before anything else the user says.
/// </summary>
internal sealed class PromptAssembly(bool offersTools, RunId? currentRun)
{
    /// <summary>In place of a result that a crash kept from being recorded.</summary>
    public const string InterruptedResult = "interrupted: the tool's result was not recorded";

    /// <summary>In place of a blank result, which the API refuses.</summary>
    public const string NoOutput = "(no output)";

    private readonly List<PromptMessage> messages = [];
    private readonly List<PromptBlock> blocks = [];
    private readonly List<PendingCall> pending = [];
    private readonly List<PromptBlock> afterResults = [];
    private readonly CallNames names = new();
    private PromptRole? role;

    public void AddSummary(string? summary)
    {
        if (!string.IsNullOrWhiteSpace(summary))
        {
            AddUser([new ContentBlock.Text(summary)]);
        }
    }

    public void Add(TranscriptEntry entry)
    {
        switch (entry)
        {
            case TranscriptEntry.UserMessage message:
                AddUser(message.Content);
                break;
            case TranscriptEntry.CustomMessage message:
                AddUser(message.Content);
                break;
            case TranscriptEntry.AssistantMessage message:
                AddAssistant(message);
                break;
            case TranscriptEntry.ToolResult result:
                AddResult(result);
                break;
            default:
                break;
        }
    }

    public ImmutableArray<PromptMessage> Finish()
    {
        CloseCalls();
        CloseMessage();
        return [.. messages];
    }

    private void AddUser(ImmutableArray<ContentBlock> content)
    {
        // Said while a tool ran: it waits until the results stand.
        var target = pending.Count > 0 ? afterResults : BlocksOf(PromptRole.User);
        foreach (var block in content)
        {
            if (Replay.IsText(block))
            {
                target.Add(new PromptBlock.Text(((ContentBlock.Text)block).Value));
            }
        }
    }

    private void AddAssistant(TranscriptEntry.AssistantMessage message)
    {
        CloseCalls();
        if (role is null)
        {
            return; // Nothing was asked yet: the first message must be the user's.
        }

        var said = new List<PromptBlock>(message.Content.Length);
        var firstCall = -1;
        var replaysReasoning = offersTools && currentRun is not null && message.Provenance?.RunId == currentRun.Value
            && message.Content.Any(Replay.IsCall);
        foreach (var block in message.Content)
        {
            switch (block)
            {
                case ContentBlock.Text text when Replay.IsText(block):
                    // Results must follow their calls directly, so text goes before the calls.
                    var at = firstCall;
                    if (at < 0)
                    {
                        at = said.Count;
                    }
                    else
                    {
                        firstCall++;
                    }

                    said.Insert(at, new PromptBlock.Text(text.Value));
                    break;
                case ContentBlock.Thinking { Signature: { Length: > 0 } signature } thinking when replaysReasoning:
                    said.Add(new PromptBlock.Reasoning(thinking.Value, signature));
                    break;
                case ContentBlock.ToolCall call when Replay.IsCall(block):
                    firstCall = firstCall < 0 ? said.Count : firstCall;
                    AddCall(call, said);
                    break;
                default:
                    break;
            }
        }

        while (said is [.., PromptBlock.Reasoning])
        {
            said.RemoveAt(said.Count - 1); // It led to no call.
        }

        if (said.Count > 0)
        {
            BlocksOf(PromptRole.Assistant).AddRange(said);
        }
    }

    private void AddCall(ContentBlock.ToolCall call, List<PromptBlock> said)
    {
        var id = offersTools ? names.UniqueId(call.Id) : call.Id;
        pending.Add(new PendingCall(call.Id, id, call.Name));
        if (offersTools)
        {
            said.Add(new PromptBlock.ToolUse(id, CallNames.AcceptableName(call.Name), call.Arguments));
        }
    }

    private void AddResult(TranscriptEntry.ToolResult result)
    {
        // The first open call of that id; without one the result is a duplicate, or its call is not shown.
        foreach (var call in pending)
        {
            if (call.Result is null && call.RecordedId == result.CallId)
            {
                var text = result.Content.PlainText();
                call.Result = string.IsNullOrWhiteSpace(text) ? NoOutput : text;
                call.IsError = result.IsError;
                return;
            }
        }
    }

    private void CloseCalls()
    {
        if (pending.Count == 0)
        {
            return;
        }

        var user = BlocksOf(PromptRole.User);
        foreach (var call in pending)
        {
            var text = call.Result ?? InterruptedResult;
            user.Add(offersTools
                ? new PromptBlock.ToolResult(call.Id, text, call.Result is null || call.IsError)
                : new PromptBlock.Text($"Result of the tool {call.Name}:\n{text}"));
        }

        user.AddRange(afterResults);
        pending.Clear();
        afterResults.Clear();
    }

    private List<PromptBlock> BlocksOf(PromptRole wanted)
    {
        if (role != wanted)
        {
            CloseMessage();
            role = wanted;
        }

        return blocks;
    }

    private void CloseMessage()
    {
        if (role is { } closed && blocks.Count > 0)
        {
            messages.Add(new PromptMessage(closed, [.. blocks]));
            blocks.Clear();
        }
    }

    private sealed class PendingCall(string recordedId, string id, string name)
    {
        public string RecordedId { get; } = recordedId;

        public string Id { get; } = id;

        public string Name { get; } = name;

        /// <summary>Null until it is found.</summary>
        public string? Result { get; set; }

        public bool IsError { get; set; }
    }
}
