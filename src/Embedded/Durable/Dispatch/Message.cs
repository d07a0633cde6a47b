using Holdfast.Embedded.Durable.History;
using Microsoft.DurableTask.Client;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>What the sender of a message is told.</summary>
internal enum Reply
{
    /// <summary>It is recorded.</summary>
    Done = 1,

    /// <summary>There is no such instance.</summary>
    NotFound = 2,

    /// <summary>The instance has ended.</summary>
    Ended = 3,

    /// <summary>The instance is suspended already, or is not suspended.</summary>
    WrongState = 4,

    /// <summary>An instance with the id stands in the way of a start.</summary>
    AlreadyExists = 5,
}

/// <summary>Something for an instance. Its turn takes all that wait at once and records them in one append.</summary>
internal abstract record Message
{
    private readonly TaskCompletionSource<Reply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Message()
    {
    }

    /// <summary>Completes when the message is recorded or refused; faults when the store does, and then it may still be recorded.</summary>
    public Task<Reply> Replied => _reply.Task;

    public void Answer(Reply reply) => _reply.TrySetResult(reply);

    public void Fault(Exception exception)
    {
        if (_reply.TrySetException(exception))
        {
            // Engine messages have no reader; nobody shall be told of an unobserved exception.
            _ = _reply.Task.Exception;
        }
    }

    /// <param name="Wanted">The new instance's first event.</param>
    /// <param name="Dedupe">States that stand in the way; null: all that have not ended.</param>
    public sealed record Start(HistoryEvent.ExecutionStarted Wanted, IReadOnlySet<OrchestrationRuntimeStatus>? Dedupe) : Message;

    /// <param name="ExecutionId">Whom it is for: an answer to an earlier execution is ignored.</param>
    /// <param name="Event">The answer of an activity, timer or sub-orchestration.</param>
    public sealed record Answered(string ExecutionId, HistoryEvent Event) : Message;

    public sealed record Raise(string Name, string? Input) : Message;

    public sealed record Suspend(string? Reason) : Message;

    public sealed record Resume(string? Reason) : Message;

    public sealed record Terminate(string? Output, bool Recursive) : Message;

    /// <summary>The orchestrator's code turned out to have awaited something that is not durable.</summary>
    public sealed record NotDurable(string ExecutionId) : Message;

    public sealed record Purge : Message;

    /// <summary>Look whether there is something to do; also what a reader sends for an instance it does not know.</summary>
    public sealed record Nudge : Message;
}
