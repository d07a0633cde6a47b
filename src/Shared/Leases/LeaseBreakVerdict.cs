namespace Holdfast.Leases;

/// <summary>Why a lease may be taken from its holder. Numbers are pinned: the reason stands in logs.</summary>
public enum LeaseBreakReason
{
    /// <summary>The holder's turn has its receipt: it ended, and its process died before it let the lease go.</summary>
    TurnFinished = 1,

    /// <summary>The execution of the orchestration that the holder's claim was made for has ended.</summary>
    OrchestrationEnded = 2,

    /// <summary>The holder's turn is past its deadline and the margin after it.</summary>
    PastDeadline = 3,
}

/// <summary>The judge's answer about a lease that somebody else holds.</summary>
public abstract record LeaseBreakVerdict
{
    private LeaseBreakVerdict()
    {
    }

    /// <summary>The holder may be alive, or it may be a side writer: stand in line.</summary>
    public sealed record Wait : LeaseBreakVerdict
    {
        public static Wait Instance { get; } = new();
    }

    /// <summary>The holder has no claim to it any more.</summary>
    public sealed record MayBreak(LeaseBreakReason Reason) : LeaseBreakVerdict;
}
