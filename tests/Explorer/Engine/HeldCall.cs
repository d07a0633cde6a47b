using Holdfast.Storage;

namespace Holdfast.Tests.Explorer.Engine;

/// <summary>What the search lets become of a call.</summary>
internal enum CallFate
{
    /// <summary>It takes effect and is answered.</summary>
    Answered = 1,

    /// <summary>It takes no effect; the caller gets a fault.</summary>
    Failed = 2,

    /// <summary>It takes effect; the caller gets a fault.</summary>
    AnswerLost = 3,

    /// <summary>The caller gets a fault now; the call takes effect at some later time.</summary>
    Late = 4,
}

/// <summary>A call that waits for its fate.</summary>
internal abstract class HeldCall(Actor actor, string label, bool writes)
{
    public Actor Actor { get; } = actor;

    public string Label { get; } = label;

    public bool Writes { get; } = writes;

    /// <summary>For the trace: what came of it.</summary>
    public object? Result { get; protected set; }

    /// <summary>Runs the effect alone; of a call whose caller has gone on or died.</summary>
    public abstract void Land();

    public abstract void Decide(CallFate fate);
}

internal sealed class HeldCall<T>(
    Actor actor, string label, bool writes, Func<T> effect, Func<T, Fingerprint> printOf, Func<T> lost, CancellationToken cancellationToken)
    : HeldCall(actor, label, writes)
{
    private readonly TaskCompletionSource<T> _answer = new();

    public Task<T> Answer => _answer.Task;

    public override void Land() => Result = effect();

    public override void Decide(CallFate fate)
    {
        Actor.Held.Remove(this);
        Actor.Saw(Fingerprint.Empty.With(Label).With((ulong)fate));
        if (cancellationToken.IsCancellationRequested && fate == CallFate.Answered)
        {
            Result = "cancelled";
            _answer.SetCanceled(cancellationToken);
            return;
        }

        if (fate == CallFate.Answered)
        {
            Complete(effect);
            return;
        }

        if (fate == CallFate.AnswerLost)
        {
            Land();
        }

        Complete(cancellationToken.IsCancellationRequested ? () => throw new OperationCanceledException(cancellationToken) : lost);
    }

    private void Complete(Func<T> outcome)
    {
        try
        {
            var result = outcome();
            Result = result;
            Actor.Saw(printOf(result));
            _answer.SetResult(result);
        }
        catch (OperationCanceledException cancelled)
        {
            _answer.SetCanceled(cancelled.CancellationToken);
        }
        catch (StorageUnavailableException fault)
        {
            Result = "fault";
            _answer.SetException(fault);
        }
    }
}
