using Holdfast.Embedded.Durable.History;
using Holdfast.Embedded.Durable.Store;
using Microsoft.Extensions.Logging;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>
/// One instance of a hub. Its mailbox runs one turn at a time; a turn takes all that waits, decides (<see cref="StepPlanner"/>),
/// records it in one conditional append, and only then tells senders and does what was decided (<see cref="Effects"/>).
/// A crash between append and effects costs nothing: the next start does them from the history.
/// An append that is refused means that somebody else wrote: the history is read again and the turn decided anew.
/// </summary>
internal sealed partial class Instance
{
    private readonly HubParts _hub;
    private readonly ILogger _logger;
    private readonly InstanceMailbox _mailbox;
    private readonly Effects _effects;
    private readonly List<ExecutionBlob> _obsolete = [];
    private ExecutionBlob? _blob;
    private Execution? _execution;
    private InstanceView? _unmarked;
    private volatile InstanceView? _view;
    private bool _wasSought;
    private bool _isFromBefore;

    /// <param name="id">The instance id.</param>
    /// <param name="hub">What it works with.</param>
    /// <param name="logger">For its life's events.</param>
    public Instance(string id, HubParts hub, ILogger logger)
    {
        Id = id;
        _hub = hub;
        _logger = logger;
        _effects = new Effects(id, hub);
        _mailbox = new InstanceMailbox(GuardedTurnAsync);
    }

    public string Id { get; }

    /// <summary>What was recorded last; null when the instance does not exist or was not read yet.</summary>
    public InstanceView? View => _view;

    /// <summary>True when it was adopted with its end recorded but not marked.</summary>
    public bool IsUnmarked => _execution is { Completed: not null };

    /// <inheritdoc cref="InstanceMailbox.TryPost"/>
    public bool TryPost(Message message) => _mailbox.TryPost(message);

    /// <summary>Takes over what a listing found. Before the first message only.</summary>
    public void Adopt(StoredExecution ended)
    {
        _wasSought = true;
        _blob = ended.Blob;
        _view = InstanceView.OfEnded(ended);
    }

    /// <inheritdoc cref="Adopt(StoredExecution)"/>
    public void Adopt(ExecutionBlob blob, Execution execution)
    {
        (_wasSought, _isFromBefore) = (true, true);
        (_blob, _execution) = (blob, execution);
        _view = InstanceView.Of(execution, blob);
    }

    private async Task GuardedTurnAsync(IReadOnlyList<Message> messages)
    {
        try
        {
            _hub.Stopping.ThrowIfCancellationRequested();
            await TurnAsync(messages);
        }
        catch (Exception stopped) when (_hub.Stopping.IsCancellationRequested)
        {
            FaultAll(messages, new OperationCanceledException("The engine stops.", stopped));
        }
        catch (Exception unexpected)
        {
            LogTurnFailed(Id, unexpected);
            FaultAll(messages, unexpected);
        }
    }

    private static void FaultAll(IReadOnlyList<Message> messages, Exception exception)
    {
        foreach (var message in messages)
        {
            message.Fault(exception);
        }
    }

    private async Task TurnAsync(IReadOnlyList<Message> messages)
    {
        if (_isFromBefore)
        {
            TakeUp();
        }

        if (!_wasSought && messages.Any(message => message is not Message.Start))
        {
            await SeekAsync(messages);
        }

        for (var index = 0; index < messages.Count; index++)
        {
            switch (messages[index])
            {
                case Message.Start start:
                    await StartAsync(start);
                    break;
                case Message.Purge purge:
                    purge.Answer(await PurgeAsync(purge));
                    break;
                default:
                    var from = index;
                    while (index + 1 < messages.Count && messages[index + 1] is not (Message.Start or Message.Purge))
                    {
                        index++;
                    }

                    await StepAsync([.. messages.Skip(from).Take(index - from + 1)]);
                    break;
            }
        }

        await TidyAsync();
        if (_view is null && _mailbox.TryRetire())
        {
            _hub.Forget(this);
        }
    }

    // Everything from the first message to the last recorded step, until nothing is left to record.
    private async Task StepAsync(IReadOnlyList<Message> messages)
    {
        do
        {
            while (_execution?.Next is { } next)
            {
                await ContinueAsync(next);
            }

            await RecordAsync(messages);
            messages = [];
        }
        while (_execution?.Next is not null);
    }

    private async Task RecordAsync(IReadOnlyList<Message> messages)
    {
        while (_execution is { Completed: null } execution)
        {
            var plan = await PlanAsync(execution, messages);
            var outcome = plan.Events.Count == 0 ? AppendOutcome.Appended : await AppendAsync(plan, messages);
            if (outcome == AppendOutcome.Appended)
            {
                Commit(execution, plan, messages);
                return;
            }

            LogRefused(Id, outcome);
            await SeekAsync(messages);
        }

        // A loaded execution can have ended before anybody could mark it.
        if (_execution is { Completed: not null } ended)
        {
            End(ended);
        }

        foreach (var message in messages)
        {
            message.Answer(_view is null ? Reply.NotFound : Reply.Ended);
        }
    }

    private async Task<StepPlan> PlanAsync(Execution execution, IReadOnlyList<Message> messages)
    {
        var executionId = execution.Started.ExecutionId;
        await _hub.OrchestratorPlaces.WaitAsync(_hub.Stopping);
        try
        {
            return _hub.Planner.Plan(
                execution, messages, _hub.Time.GetUtcNow(), () => _hub.Post(Id, new Message.NotDurable(executionId)));
        }
        finally
        {
            _hub.OrchestratorPlaces.Release();
        }
    }

    private Task<AppendOutcome> AppendAsync(StepPlan plan, IReadOnlyList<Message> messages)
    {
        var lines = HistoryLines.Write(plan.Events);
        return _hub.Persistence.TryUntilAnsweredAsync(Id, cancellation => _hub.Store.AppendAsync(_blob!, lines, cancellation), messages);
    }

    private void Commit(Execution execution, StepPlan plan, IReadOnlyList<Message> messages)
    {
        // Before the open calls are forgotten by the end of the instance.
        var children = messages.Any(message => message is Message.Terminate { Recursive: true })
            ? execution.Children.Values.Select(child => child.InstanceId).ToList()
            : [];
        foreach (var one in plan.Events)
        {
            execution.Apply(one);
        }

        if (execution.Completed is not null)
        {
            End(execution);
        }
        else if (execution.Next is null)
        {
            Publish(InstanceView.Of(execution, _blob!));
        }

        foreach (var (message, reply) in plan.Replies)
        {
            message.Answer(reply);
        }

        children.ForEach(child => _hub.Post(child, new Message.Terminate(null, Recursive: true)));
        _effects.Send(plan.Events.OfType<EventSent>());
        if (execution is { Completed: null, Next: null })
        {
            _effects.Follow(execution, plan.CancelledTimers);
        }
        else
        {
            _effects.BeginUnawaited(execution, plan.Events);
        }
    }

    private void End(Execution execution)
    {
        var completed = execution.Completed!;
        var view = InstanceView.Of(execution, _blob!);
        _effects.Clear();
        _execution = null;
        _unmarked = view;
        LogEnded(Id, completed.Status, completed.Failure?.Type);
        Publish(view);
        if (execution.Started.Parent is { } parent)
        {
            _hub.Post(parent.InstanceId, new Message.Answered(parent.ExecutionId, Effects.AnswerOf(parent.TaskId, completed)));
        }
    }

    private void Publish(InstanceView view)
    {
        // Payloads of ended instances are read when somebody asks; waiters get them from here.
        _view = view.IsEnded ? view with { Payloads = null } : view;
        _hub.Watch.Publish(view);
    }
}
