using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Ownership.Resets;

/// <summary>What became of a reset.</summary>
public abstract record ResetOutcome
{
    private ResetOutcome()
    {
    }

    /// <summary>The session is closed for good and the key has the next one.</summary>
    public sealed record Done(SessionId Ended, SessionRecord Next) : ResetOutcome;

    /// <summary>
    /// Somebody holds the session; nothing was changed. <paramref name="Claim"/> is the claim that stands, null when none can be read.
    /// </summary>
    public sealed record Held(OwnershipMetadata? Claim) : ResetOutcome;

    /// <summary>The session is not what its metadata should say; nothing was changed.</summary>
    public sealed record Unreadable : ResetOutcome;

    /// <summary>Nobody wrote to this key yet: there is nothing to reset.</summary>
    public sealed record Unknown : ResetOutcome;
}
