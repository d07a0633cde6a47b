using System.Collections.Concurrent;

namespace Holdfast.Peers;

/// <summary>Points at which a peer waits for its test. A gate that was opened stays open.</summary>
public sealed class PeerGates
{
    private readonly ConcurrentDictionary<string, (
        TaskCompletionSource Reached, TaskCompletionSource Opened)> _gates = new(StringComparer.Ordinal);

    public void Open(string name) => GateOf(name).Opened.TrySetResult();

    /// <summary>Completes when somebody waits, or has waited, at the gate.</summary>
    public Task WhenReached(string name) => GateOf(name).Reached.Task;

    public Task WaitAsync(string name, CancellationToken cancellationToken)
    {
        var (reached, opened) = GateOf(name);
        reached.TrySetResult();
        return opened.Task.WaitAsync(cancellationToken);
    }

    private (TaskCompletionSource Reached, TaskCompletionSource Opened) GateOf(string name) => _gates.GetOrAdd(
        name,
        _ => (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
}
