namespace Holdfast.Peers.Bedrock;

/// <summary>The requests in the order of their arrival, and a way to wait for one. Thread-safe.</summary>
internal sealed class BedrockJournal
{
    private readonly Lock _lock = new();
    private readonly List<BedrockRequest> _requests = [];
    private readonly List<(int Count, TaskCompletionSource<BedrockRequest> Arrived)> _waiting = [];

    public IReadOnlyList<BedrockRequest> Snapshot()
    {
        lock (_lock)
        {
            return [.. _requests];
        }
    }

    public BedrockRequest Add(Func<int, BedrockRequest> create)
    {
        lock (_lock)
        {
            var request = create(_requests.Count + 1);
            _requests.Add(request);
            foreach (var (_, arrived) in _waiting.Where(waiter => waiter.Count == _requests.Count))
            {
                arrived.TrySetResult(request);
            }

            return request;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _requests.Clear();
        }
    }

    /// <summary>Completes with the request of this number, now or when it arrives.</summary>
    public Task<BedrockRequest> WhenArrived(int number)
    {
        lock (_lock)
        {
            if (_requests.Count >= number)
            {
                return Task.FromResult(_requests[number - 1]);
            }

            var arrived = new TaskCompletionSource<BedrockRequest>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((number, arrived));
            return arrived.Task;
        }
    }
}
