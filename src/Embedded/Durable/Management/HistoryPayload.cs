using System.Text.Json.Nodes;
using Holdfast.Embedded.Durable.History;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.Management;

/// <summary>
/// A history as the public extension shows it: a call and its answer are one entry, named for the answer, with the call's time;
/// calls without an answer stand alone; the engine's own marks are left out.
/// </summary>
internal static class HistoryPayload
{
    public static JsonArray Of(Execution execution, bool showOutput, bool showInput)
    {
        var calls = new Dictionary<int, (string Name, DateTimeOffset At, string? Input)>();
        foreach (var one in execution.Events)
        {
            switch (one)
            {
                case TaskScheduled call: calls[call.Id] = (call.Name, call.At, call.Input); break;
                case SubOrchestrationInstanceCreated call: calls[call.Id] = (call.Name, call.At, call.Input); break;
                default: break;
            }
        }

        var entries = new JsonArray();
        foreach (var one in execution.Events)
        {
            if (Entry(one, execution, calls, showOutput) is { } entry)
            {
                if (!showInput)
                {
                    entry.Remove("Input");
                }

                entries.Add((JsonNode)entry);
            }
        }

        return entries;
    }

    private static JsonObject? Entry(
        HistoryEvent one, Execution execution, Dictionary<int, (string Name, DateTimeOffset At, string? Input)> calls, bool showOutput) => one switch
        {
            ExecutionStarted started => Named(one, ("Input", started.Input), ("FunctionName", started.Name)),
            TaskScheduled call when execution.Tasks.ContainsKey(call.Id) => Named(one, ("Name", call.Name), ("Input", call.Input)),
            SubOrchestrationInstanceCreated call when execution.Children.ContainsKey(call.Id) =>
                Named(one, ("InstanceId", call.InstanceId), ("Name", call.Name), ("Input", call.Input)),
            TaskCompleted answer => Answer(one, calls[answer.Id], showOutput ? StatusPayload.Parsed(answer.Result) : null, showOutput),
            SubOrchestrationInstanceCompleted answer => Answer(one, calls[answer.Id], showOutput ? StatusPayload.Parsed(answer.Result) : null, showOutput),
            TaskFailed answer => Failed(one, calls[answer.Id], answer.Failure),
            SubOrchestrationInstanceFailed answer => Failed(one, calls[answer.Id], answer.Failure),
            TimerCreated timer => Timed(one, timer.FireAt),
            TimerFired timer => Timed(one, timer.FireAt),
            EventRaised raised => Named(one, ("Name", raised.Name), ("Input", raised.Input)),
            EventSent sent => Named(one, ("InstanceId", sent.InstanceId), ("Name", sent.Name), ("Input", sent.Input)),
            ExecutionSuspended suspended => Named(one, ("Reason", suspended.Reason)),
            ExecutionResumed resumed => Named(one, ("Reason", resumed.Reason)),
            ExecutionTerminated terminated => Named(one, ("Input", terminated.Output)),
            ExecutionCompleted completed => Completed(completed, showOutput),
            _ => null,
        };

    private static JsonObject Named(HistoryEvent one, params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        var entry = new JsonObject { ["EventType"] = one.GetType().Name, ["Timestamp"] = one.At.UtcDateTime };
        foreach (var (name, value) in fields)
        {
            entry[name] = value;
        }

        return entry;
    }

    private static JsonObject Timed(HistoryEvent one, DateTimeOffset fireAt)
    {
        var entry = Named(one);
        entry["FireAt"] = fireAt.UtcDateTime;
        return entry;
    }

    private static JsonObject Answer(HistoryEvent one, (string Name, DateTimeOffset At, string? Input) call, JsonNode? result, bool showOutput)
    {
        var entry = Named(one);
        if (showOutput)
        {
            entry["Result"] = result;
        }

        entry["ScheduledTime"] = call.At.UtcDateTime;
        entry["FunctionName"] = call.Name;
        entry["Input"] = call.Input;
        return entry;
    }

    private static JsonObject Failed(HistoryEvent one, (string Name, DateTimeOffset At, string? Input) call, FailureRecord failure)
    {
        var entry = Answer(one, call, null, showOutput: false);
        entry["Reason"] = failure.Message;
        entry["FailureDetails"] = Details(failure);
        return entry;
    }

    private static JsonObject Completed(ExecutionCompleted completed, bool showOutput)
    {
        var entry = Named(completed);
        entry["OrchestrationStatus"] = completed.Status.ToString();
        if (showOutput)
        {
            entry["Result"] = StatusPayload.Parsed(completed.Output);
        }

        if (completed.Failure is { } failure)
        {
            entry["FailureDetails"] = Details(failure);
        }

        return entry;
    }

    private static JsonObject Details(FailureRecord failure) => new()
    {
        ["ErrorType"] = failure.Type,
        ["ErrorMessage"] = failure.Message,
        ["StackTrace"] = failure.StackTrace,
        ["InnerFailure"] = failure.Inner is { } inner ? Details(inner) : null,
    };
}
