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
    /// <param name="hear">
    /// Called with each event, on the reading thread, in order, and not after this has returned. Cheap; neither blocks nor throws.
    /// </param>
    /// <exception cref="OperationCanceledException">The caller cancelled; what was streamed has been heard.</exception>
    public async Task<ModelOutcome> ReadAsync(ModelCall call, Action<ModelEvent> hear, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var silence = new CancellationTokenSource(call.Model.FirstEventTimeout, clock);
        using var request = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        var reading = new Reading(call.Model, hear, silence);
        var pump = PumpAsync(call, reading, request.Token);

        // A pump that is left behind was cancelled, so it ends without a fault; what it still catches is nobody's.
        var thrown = await EndsAsync(pump, request.Token) ? await pump : null;
        return reading.Conclude(thrown, cancellationToken);
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

    /// <summary>One read's state. Locked, as a provider that was left behind may still come back with an event.</summary>
    private sealed class Reading(ModelProfile model, Action<ModelEvent> hear, CancellationTokenSource silence)
    {
        private readonly Lock gate = new();
        private readonly AnswerAssembly answer = new();
        private bool hasHeard;
        private bool concluded;

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

                hasHeard = true;
                answer.Add(modelEvent);
                silence.CancelAfter(answer.IsStopped ? WaitForUsage : model.BetweenEventsTimeout);
                hear(modelEvent);
                return !answer.IsFinished;
            }
        }

        /// <param name="thrown">What the provider ended with, if it did not come to its end.</param>
        public ModelOutcome Conclude(Exception? thrown, CancellationToken caller)
        {
            lock (gate)
            {
                concluded = true;
                if (answer.IsStopped)
                {
                    return answer.Conclude();
                }

                caller.ThrowIfCancellationRequested();
                return FailureOf(thrown) is { } failure ? new ModelOutcome.Failed(failure) : answer.Conclude();
            }
        }

        private ModelFailure? FailureOf(Exception? thrown) => thrown switch
        {
            _ when silence.IsCancellationRequested && hasHeard => new ModelFailure(
                ModelFailureKind.BetweenEventsTimeout, $"No event for {model.BetweenEventsTimeout.TotalSeconds} s within the stream."),
            _ when silence.IsCancellationRequested => new ModelFailure(
                ModelFailureKind.FirstEventTimeout, $"No event for {model.FirstEventTimeout.TotalSeconds} s after the request."),
            _ when ModelProviderException.FindIn(thrown) is { } failure => failure,
            OperationCanceledException => new ModelFailure(ModelFailureKind.Network, "The provider gave the request up by itself."),
            _ => null,
        };
    }
}
