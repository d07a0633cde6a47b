namespace Holdfast.Models;

/// <summary>
/// Reads one stream to its end. Silence is judged per model, by the time to the first event and between events; any event is a sign of
/// life, and a living stream has no limit. Thread-safe: each read has its own state.
/// </summary>
public sealed class ModelStreamReader(IModelProvider provider, TimeProvider clock)
{
    /// <summary>How long a provider may take to notice its cancellation before its request is left behind.</summary>
    public static readonly TimeSpan AbandonAfter = TimeSpan.FromSeconds(2);

    /// <summary>The answer is whole then, and only its count of tokens is still out.</summary>
    public static readonly TimeSpan WaitForUsage = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Sends the call and reads its stream. An answer whose stop has been read stands, whatever happens to the connection after it.
    /// The request is ended before this returns, except where the provider ignores it for <see cref="AbandonAfter"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; the sink has heard what was streamed.</exception>
    public async Task<ModelOutcome> ReadAsync(ModelCall call, IModelStreamSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(sink);
        cancellationToken.ThrowIfCancellationRequested();

        var request = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watchdog = new StreamWatchdog(clock, call.Model.FirstEventTimeout, request);
        var reading = new Reading(call.Model, sink, watchdog);
        var pump = PumpAsync(call, reading, request.Token);
        if (!await EndsAsync(pump, request.Token))
        {
            // Its outcome is decided; what it still ends with is looked at, so that nobody reports it, and dropped.
            _ = pump.ContinueWith(
                static (left, state) =>
                {
                    _ = left.Exception;
                    ((CancellationTokenSource)state!).Dispose();
                },
                request,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            return reading.Conclude(Trouble(call.Model, reading, watchdog, null, cancellationToken), cancellationToken);
        }

        using (request)
        {
            var trouble = await pump;
            return reading.Conclude(Trouble(call.Model, reading, watchdog, trouble, cancellationToken), cancellationToken);
        }
    }

    /// <returns>What went wrong, if anything; a defect of the provider is thrown.</returns>
    private async Task<Exception?> PumpAsync(ModelCall call, Reading reading, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var modelEvent in provider.StreamAsync(call, cancellationToken))
            {
                if (!reading.Take(modelEvent))
                {
                    break;
                }
            }

            return null;
        }
        catch (Exception exception) when (exception is OperationCanceledException || ModelProviderException.FindIn(exception) is not null
            || cancellationToken.IsCancellationRequested || reading.IsStopped)
        {
            // An abort surfaces as whatever the transport likes, and after the stop nothing can spoil the answer.
            return exception;
        }
    }

    /// <summary>Waits for the pump, and after a cancellation no longer than the grace. One wait for the whole stream.</summary>
    private async Task<bool> EndsAsync(Task pump, CancellationToken request)
    {
        await Task.WhenAny(pump, WhenCancelled(request, out var registration));
        await registration.DisposeAsync();
        if (!pump.IsCompleted)
        {
            await Task.WhenAny(pump, Task.Delay(AbandonAfter, clock, CancellationToken.None));
        }

        return pump.IsCompleted;
    }

    private static Task WhenCancelled(CancellationToken token, out CancellationTokenRegistration registration)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        registration = token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), cancelled);
        return cancelled.Task;
    }

    private static ModelFailure? Trouble(
        ModelProfile model, Reading reading, StreamWatchdog watchdog, Exception? thrown, CancellationToken caller) => thrown switch
        {
            _ when caller.IsCancellationRequested => null,
            _ when watchdog.HasFired && reading.HasHeard => ModelFailure.Of(
                ModelFailureKind.BetweenEventsTimeout, $"No event for {model.BetweenEventsTimeout.TotalSeconds} s within the stream."),
            _ when watchdog.HasFired => ModelFailure.Of(
                ModelFailureKind.FirstEventTimeout, $"No event for {model.FirstEventTimeout.TotalSeconds} s after the request."),
            _ when ModelProviderException.FindIn(thrown) is { } failed => ModelFailure.Of(failed.Kind, failed.Message, failed.RetryAfter),
            OperationCanceledException => ModelFailure.Of(ModelFailureKind.Network, "The provider gave the request up by itself."),
            _ => null,
        };

    /// <summary>One read's state. Locked, as a provider that was left behind may still come back with an event.</summary>
    private sealed class Reading(ModelProfile model, IModelStreamSink sink, StreamWatchdog watchdog)
    {
        private readonly Lock gate = new();
        private readonly AnswerAssembly answer = new();
        private bool concluded;

        public bool HasHeard { get; private set; }

        public bool IsStopped
        {
            get
            {
                lock (gate)
                {
                    return answer.IsStopped;
                }
            }
        }

        /// <returns>False when nothing more is wanted.</returns>
        public bool Take(ModelEvent modelEvent)
        {
            lock (gate)
            {
                if (concluded)
                {
                    return false;
                }

                if (!HasHeard)
                {
                    HasHeard = true;
                    watchdog.Allow(model.BetweenEventsTimeout);
                }
                else if (modelEvent is ModelEvent.Stopped)
                {
                    watchdog.Allow(WaitForUsage);
                }
                else
                {
                    watchdog.Heard();
                }

                answer.Add(modelEvent);
                if (modelEvent is ModelEvent.TextDelta delta)
                {
                    sink.OnText(delta.Text);
                }
                else
                {
                    sink.OnProgress();
                }

                return !answer.IsFinished;
            }
        }

        public ModelOutcome Conclude(ModelFailure? trouble, CancellationToken caller)
        {
            lock (gate)
            {
                concluded = true;
                if (answer.IsStopped)
                {
                    return answer.Conclude();
                }

                caller.ThrowIfCancellationRequested();
                return trouble is null ? answer.Conclude() : answer.Fail(trouble);
            }
        }
    }
}
