using Azure;
using Holdfast.Embedded.Durable.History;
using Holdfast.Embedded.Durable.Store;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <content>Beginnings and ends: start, continue as new, load, purge, tidy.</content>
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

    /// <summary>Reads the instance anew from the store: its highest execution that is whole.</summary>
    private async Task SeekAsync(IReadOnlyList<Message> waiting)
    {
        var found = await _hub.Persistence.TryUntilAnsweredAsync(Id, FindAsync, waiting);
        _wasSought = true;
        (_blob, _execution, _view, _unmarked) = (null, null, null, null);
        switch (found)
        {
            case { Header.EndedAs: not null }:
                _effects.Clear();
                _blob = found.Blob;
                Publish(InstanceView.OfEnded(found));
                break;
            case not null:
                await LoadAsync(found, waiting);
                break;
            default:
                _effects.Clear();
                break;
        }
    }

    private async Task LoadAsync(StoredExecution found, IReadOnlyList<Message> waiting)
    {
        var read = await _hub.Persistence.TryUntilAnsweredAsync(Id, cancellation => _hub.Store.ReadAsync(found.Blob, cancellation), waiting);
        if (read is { } whole)
        {
            (_blob, _execution) = whole;
            Publish(InstanceView.Of(_execution, _blob));
            FollowLoaded(_execution);
        }
    }

    private void FollowLoaded(Execution execution)
    {
        if (execution is { Completed: null, Next: null })
        {
            _effects.Follow(execution, []);
        }
    }

    // After a restart: whatever was begun and has no answer is begun again, and what the last step sent is sent again.
    private void TakeUp()
    {
        _isFromBefore = false;
        if (_execution is { } execution)
        {
            FollowLoaded(execution);
            _effects.Send(execution.LastSent);
        }
    }

    private async Task<StoredExecution?> FindAsync(CancellationToken cancellationToken)
    {
        StoredExecution? found = null;
        await foreach (var stored in _hub.Store.ListAsync(Id, cancellationToken))
        {
            if (stored.IsWhole)
            {
                found = stored;
            }
            else
            {
                // A creation that was cut short; it would stand in the way of the next one.
                await _hub.Store.DeleteAsync(stored.Blob, cancellationToken);
            }
        }

        return found;
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

    [LoggerMessage(7104, LogLevel.Information, "Old blobs of {InstanceId} could not be tidied away ({ErrorCode}); that is done later.")]
    private partial void LogUntidy(string instanceId, string errorCode);
}
