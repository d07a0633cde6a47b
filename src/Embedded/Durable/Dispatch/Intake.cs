using Holdfast.Embedded.Durable.History;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>Waiting messages turned into lines: first answers kept, later ones dropped, control messages checked against the state so far.</summary>
internal sealed class Intake
{
    private readonly Execution _execution;
    private readonly DateTimeOffset _now;
    private readonly HashSet<(string Kind, int Id)> _answered = [];

    private Intake(Execution execution, DateTimeOffset now)
    {
        _execution = execution;
        _now = now;
        IsSuspended = execution.IsSuspended;
    }

    public List<HistoryEvent> Events { get; } = [];

    public List<(Message Message, Reply Reply)> Replies { get; } = [];

    public bool HasUnseen { get; private set; }

    public bool IsSuspended { get; private set; }

    public bool WasNotDurable { get; private set; }

    public ExecutionTerminated? Terminated { get; private set; }

    public static Intake Of(Execution execution, IReadOnlyList<Message> messages, DateTimeOffset now)
    {
        var intake = new Intake(execution, now);
        foreach (var message in messages)
        {
            intake.Replies.Add((message, intake.Terminated is null ? intake.Take(message) : Reply.Ended));
        }

        return intake;
    }

    private Reply Take(Message message)
    {
        switch (message)
        {
            case Message.Answered answered when answered.ExecutionId == _execution.Started.ExecutionId:
                TakeAnswer(answered.Event);
                return Reply.Done;
            case Message.Raise raise:
                HasUnseen = true;
                Events.Add(new EventRaised(_now, raise.Name, raise.Input));
                return Reply.Done;
            case Message.Suspend when IsSuspended:
            case Message.Resume when !IsSuspended:
                return Reply.WrongState;
            case Message.Suspend suspend:
                IsSuspended = true;
                Events.Add(new ExecutionSuspended(_now, suspend.Reason));
                return Reply.Done;
            case Message.Resume resume:
                IsSuspended = false;
                Events.Add(new ExecutionResumed(_now, resume.Reason));
                return Reply.Done;
            case Message.Terminate terminate:
                Terminated = new ExecutionTerminated(_now, terminate.Output);
                Events.Add(Terminated);
                return Reply.Done;
            case Message.NotDurable notDurable:
                WasNotDurable |= notDurable.ExecutionId == _execution.Started.ExecutionId;
                return Reply.Done;
            default:
                return Reply.Done;
        }
    }

    private void TakeAnswer(HistoryEvent answer)
    {
        var key = answer switch
        {
            TimerFired fired => ("timer", fired.Id),
            TaskCompleted completed => ("call", completed.Id),
            TaskFailed failed => ("call", failed.Id),
            SubOrchestrationInstanceCompleted completed => ("call", completed.Id),
            SubOrchestrationInstanceFailed failed => ("call", failed.Id),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (_execution.Expects(answer) && _answered.Add(key))
        {
            HasUnseen = true;
            Events.Add(answer);
        }
    }
}
