using Microsoft.Extensions.Hosting;

namespace Holdfast.Embedded.Invocation;

/// <summary>
/// Counts the invocations that this host itself started (HTTP and timers), cancels them when the application is told to stop,
/// and waits for them.
/// </summary>
internal sealed class RunningInvocations(IHostApplicationLifetime lifetime)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _empty;
    private int _count;

    /// <summary>Counts one invocation until the handle is disposed. Its token fires with <paramref name="cause"/> or when the host stops.</summary>
    public Running Begin(CancellationToken cause)
    {
        lock (_lock)
        {
            _count++;
        }

        return new Running(this, CancellationTokenSource.CreateLinkedTokenSource(cause, lifetime.ApplicationStopping));
    }

    /// <summary>Waits until none is running or <paramref name="bound"/> fires.</summary>
    /// <returns>How many were still running at the bound.</returns>
    public async Task<int> DrainAsync(CancellationToken bound)
    {
        Task empty;
        lock (_lock)
        {
            if (_count == 0)
            {
                return 0;
            }

            _empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            empty = _empty.Task;
        }

        try
        {
            await empty.WaitAsync(bound);
            return 0;
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    private void End()
    {
        lock (_lock)
        {
            if (--_count == 0)
            {
                _empty?.TrySetResult();
            }
        }
    }

    /// <summary>One counted invocation.</summary>
    internal sealed class Running(RunningInvocations owner, CancellationTokenSource cancellation) : IDisposable
    {
        public CancellationToken Token => cancellation.Token;

        public void Dispose()
        {
            cancellation.Dispose();
            owner.End();
        }
    }
}
