using Holdfast.Outbox;

namespace Holdfast.Turns;

/// <summary>What the end of a turn came to.</summary>
public abstract record FinishOutcome
{
    private FinishOutcome()
    {
    }

    /// <summary>The receipt stands.</summary>
    public sealed record Finished(Receipt Receipt) : FinishOutcome;

    /// <summary>The delivery goes on then; message and intent stand.</summary>
    public sealed record PutOff(DateTimeOffset ResumeAt) : FinishOutcome;
}
