using Azure;
using Holdfast.Embedded.Durable.History;
using Holdfast.Embedded.Durable.Store;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <content>Beginnings and ends: start, continue as new, purge, tidy.</content>
internal sealed partial class Instance
{
    private async Task StartAsync(Message.Start start)
    {
        while (true)
        {
            if (_execution is { } live)
            {
                if (IsSameCall(live.Started, start.Wanted))
                {
                    start.Answer(Reply.Done);
                    await StepAsync([new Message.Nudge()]);
                    return;
                }

                if (start.Dedupe?.Contains(live.Status) ?? true)
                {
                    Refuse(start);
                    return;
                }

                await StepAsync([new Message.Terminate(null, Recursive: false)]);
            }

            if (_view is { IsEnded: true } ended && (await AnswersAlreadyAsync(ended, start) || start.Dedupe?.Contains(ended.Status) == true))
            {
                Refuse(start);
                return;
            }

            if (await TryCreateAsync(start))
            {
                await StepAsync([]);
                return;
            }

            await SeekAsync([start]);
        }
    }

    private static bool IsSameCall(HistoryEvent.ExecutionStarted started, HistoryEvent.ExecutionStarted wanted) =>
        started.ExecutionId == wanted.ExecutionId || (wanted.Parent is { } parent && started.Parent == parent);

    private void Refuse(Message.Start start)
    {
        start.Answer(Reply.AlreadyExists);
        if (start.Wanted.Parent is { } parent)
        {
            var failure = new FailureRecord(
                "DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException",
                $"An orchestration with the id {Id} exists already.",
                null,
                null);
            _hub.Post(parent.InstanceId, new Message.Answered(
                parent.ExecutionId, new HistoryEvent.SubOrchestrationInstanceFailed(_hub.Time.GetUtcNow(), parent.TaskId, failure)));
        }
    }

    // A parent that asks again after a restart for a child that has ended gets the recorded answer; Refuse's comes second and is ignored.
    private async Task<bool> AnswersAlreadyAsync(InstanceView ended, Message.Start start)
    {
        if (start.Wanted.Parent is not { } parent || ended.ParentInstanceId != parent.InstanceId)
        {
            return false;
        }

        var stored = await _hub.Persistence.TryUntilAnsweredAsync(Id, cancellation => _hub.Store.ReadAsync(ended.Blob, cancellation), [start]);
        if (stored?.Execution is not { Completed: { } completed } execution || execution.Started.Parent != parent)
        {
            return false;
        }

        _hub.Post(parent.InstanceId, new Message.Answered(parent.ExecutionId, Effects.AnswerOf(parent.TaskId, completed)));
        return true;
    }

    private async Task<bool> TryCreateAsync(Message.Start start)
    {
        var generation = (_blob?.Generation ?? 0) + 1;
        var created = await _hub.Persistence.TryUntilAnsweredAsync(
            Id, cancellation => _hub.Store.CreateAsync(start.Wanted, generation, cancellation), [start]);
        if (created is null)
        {
            return false;
        }

        Begin(created, start.Wanted);
        Publish(InstanceView.Of(_execution!, created));
        start.Answer(Reply.Done);
        return true;
    }

    private void Begin(ExecutionBlob blob, HistoryEvent.ExecutionStarted started)
    {
        if (_blob is { } replaced)
        {
            _obsolete.Add(replaced);
        }

        _unmarked = null;
        _wasSought = true;
        (_blob, _execution) = (blob, new Execution(started));
    }

    // The old execution's last line names the next one, so that whoever dies in here is made up for by the next start.
    private async Task ContinueAsync(HistoryEvent.ExecutionStarted next)
    {
        var generation = _blob!.Generation + 1;
        var created = await _hub.Persistence.TryUntilAnsweredAsync(
            Id, cancellation => _hub.Store.CreateAsync(next, generation, cancellation), []);
        if (created is null)
        {
            await SeekAsync([]);
        }
        else
        {
            Begin(created, next);
        }
    }

    private async Task<Reply> PurgeAsync(Message.Purge purge)
    {
        if (_view is not { IsEnded: true })
        {
            return _view is null ? Reply.NotFound : Reply.WrongState;
        }

        await TidyAsync();
        var deleted = await _hub.Persistence.TryUntilAnsweredAsync(
            Id, cancellation => _hub.Store.DeleteAsync(_blob!, cancellation), [purge]);
        if (!deleted)
        {
            await SeekAsync([purge]);
            return Reply.WrongState;
        }

        (_blob, _view, _unmarked) = (null, null, null);
        return Reply.Done;
    }

    // Nothing here is needed for correctness: what is left undone, the next start does.
    private async Task TidyAsync()
    {
        try
        {
            foreach (var blob in _obsolete)
            {
                await _hub.Store.DeleteAsync(blob, _hub.Stopping);
            }

            _obsolete.Clear();
            if (_unmarked is { } ended)
            {
                await _hub.Store.MarkEndedAsync(ended.Blob, ended.Status, ended.LastUpdatedAt, _hub.Stopping);
                _unmarked = null;
            }
        }
        catch (Exception fault) when (Persistence.IsFault(fault))
        {
            LogUntidy(Id, (fault as RequestFailedException)?.ErrorCode ?? fault.GetType().Name);
        }
    }
}
