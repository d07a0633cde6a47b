using Holdfast.Embedded.Durable.History;
using Holdfast.Embedded.Durable.Store;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <content>Taking over what the store has: after a restart, and when somebody else has written.</content>
internal sealed partial class Instance
{
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

    // After a restart what the last step sent is sent again: nobody knows whether it arrived. Open calls and timers are begun
    // again by the turn itself.
    private void TakeUp()
    {
        _isFromBefore = false;
        if (_execution is { } execution)
        {
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
}
