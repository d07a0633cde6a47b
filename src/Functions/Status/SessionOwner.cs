using Holdfast.Transcripts;

namespace Holdfast.Functions.Status;

/// <summary>Who claimed a session last, as the session's endpoints show it.</summary>
/// <param name="RunId">The run, or <c>reset:…</c>.</param>
/// <param name="Since">When it claimed.</param>
/// <param name="Until">When it stops to renew its lease at the latest; null when it has no deadline.</param>
internal sealed record SessionOwner(string RunId, int Attempt, long Epoch, DateTimeOffset? Since, DateTimeOffset? Until)
{
    /// <returns>Null when nobody claimed the session yet.</returns>
    public static SessionOwner? Of(OwnershipMetadata? claim) => claim is { RunId.Length: > 0 }
        ? new SessionOwner(claim.RunId, claim.Attempt, claim.Epoch, claim.ClaimedAt, claim.Until)
        : null;
}
