using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Holdfast.Embedded.Worker.Tests;

/// <summary>What functions and middleware under test report, and what they wait for; a singleton of one worker.</summary>
public sealed class Probe
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Events { get; } = new();

    public Channel<string> Lines { get; } = Channel.CreateUnbounded<string>();

    public Task Gate => _gate.Task;

    public void OpenGate() => _gate.TrySetResult();
}
