namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>
/// Messages of one instance and the promise that one turn at a time works on them: posting to an idle mailbox starts a turn,
/// posting to a busy one is picked up by the next.
/// </summary>
internal sealed class InstanceMailbox(Func<IReadOnlyList<Message>, Task> turn)
{
    private readonly Lock _gate = new();
    private List<Message> _waiting = [];
    private bool _isBusy;
    private bool _isRetired;

    /// <returns>False when the instance has left the hub: post to its successor.</returns>
    public bool TryPost(Message message)
    {
        lock (_gate)
        {
            if (_isRetired)
            {
                return false;
            }

            _waiting.Add(message);
            if (_isBusy)
            {
                return true;
            }

            _isBusy = true;
        }

        // A turn inherits nothing of whoever happened to post first, such as its request.
        ThreadPool.UnsafeQueueUserWorkItem(static mailbox => _ = mailbox.RunAsync(), this, preferLocal: false);
        return true;
    }

    /// <summary>Takes the instance out of use unless something waits. Called inside of a turn.</summary>
    public bool TryRetire()
    {
        lock (_gate)
        {
            return _isRetired = _waiting.Count == 0;
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            List<Message> taken;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _isBusy = false;
                    return;
                }

                (taken, _waiting) = (_waiting, []);
            }

            await turn(taken);
        }
    }
}
