using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;

namespace Holdfast.Tests.Turns;

/// <summary>What a tap does to one call.</summary>
internal enum TapAction
{
    Pass = 0,

    /// <summary>The process dies before the call has its effect: this and every later call of the actor ends in a crash.</summary>
    CrashBefore = 1,

    /// <summary>The call takes effect, and the process dies before it hears of it.</summary>
    CrashAfter = 2,

    /// <summary>The request is lost; the process lives and sees a fault.</summary>
    FaultBefore = 3,

    /// <summary>The answer is lost; the process lives and sees a fault.</summary>
    FaultAfter = 4,

    /// <summary>The code around the call is wrong: it throws what nobody expects.</summary>
    Bug = 5,
}

/// <summary>The process is gone. Nothing in the product catches it.</summary>
internal sealed class CrashException() : Exception("The process died here.");

/// <summary>
/// Stands around the blob calls of one process: counts them, and kills, fails or holds the one that a test names. After a crash every
/// further call fails too: a dead process writes nothing.
/// </summary>
internal sealed class BlobTap : IBlobGate
{
    private readonly Lock _gate = new();
    private readonly List<BlobCall> _calls = [];
    private readonly Dictionary<BlobCall, TapAction> _after = [];
    private bool _isDead;

    /// <summary>Decides by the call and its number, from 1.</summary>
    public Func<BlobCall, int, TapAction> Plan { get; set; } = (_, _) => TapAction.Pass;

    /// <summary>Held before its effect until the task ends.</summary>
    public Func<BlobCall, int, Task?> HoldBefore { get; set; } = (_, _) => null;

    /// <summary>Runs right before the effect of a call.</summary>
    public Func<BlobCall, int, Task>? Before { get; set; }

    /// <summary>Runs after the effect of each call.</summary>
    public Action? Observe { get; set; }

    public bool IsDead => _isDead;

    public IReadOnlyList<BlobCall> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    public int CountOf(BlobVerb verb, string prefix = "") =>
        Calls.Count(call => call.Verb == verb && call.Name.StartsWith(prefix, StringComparison.Ordinal));

    public async ValueTask BeforeAsync(BlobCall blobCall)
    {
        if (_isDead)
        {
            throw new CrashException();
        }

        int number;
        lock (_gate)
        {
            _calls.Add(blobCall);
            number = _calls.Count;
        }

        switch (Plan(blobCall, number))
        {
            case TapAction.CrashBefore:
                _isDead = true;
                throw new CrashException();
            case TapAction.FaultBefore:
                throw new StorageUnavailableException("lost request");
            case TapAction.Bug:
                throw new ActivityFault();
            case TapAction.CrashAfter:
                lock (_gate)
                {
                    _after[blobCall] = TapAction.CrashAfter;
                }

                break;
            case TapAction.FaultAfter:
                lock (_gate)
                {
                    _after[blobCall] = TapAction.FaultAfter;
                }

                break;
        }

        if (Before is { } before)
        {
            await before(blobCall, number);
        }

        if (HoldBefore(blobCall, number) is { } hold)
        {
            await hold;
        }
    }

    public ValueTask AfterAsync(BlobCall blobCall)
    {
        Observe?.Invoke();
        TapAction action;
        lock (_gate)
        {
            _after.Remove(blobCall, out action);
        }

        switch (action)
        {
            case TapAction.CrashAfter:
                _isDead = true;
                throw new CrashException();
            case TapAction.FaultAfter:
                throw new StorageUnavailableException("lost answer");
            default:
                return ValueTask.CompletedTask;
        }
    }
}
