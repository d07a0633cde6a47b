using Azure.Storage.Blobs.Models;

namespace Holdfast.Storage.AzureBlobs;

/// <summary>
/// The service's error codes as outcomes. One HTTP status stands for many of them (412 alone for five that lead to different
/// verdicts), so the code decides and the status is never looked at.
/// </summary>
internal static class BlobErrorCodes
{
    // Not among the SDK's constants (12.17).
    private static readonly BlobErrorCode BlobIsSealed = new("BlobIsSealed");
    private static readonly BlobErrorCode LeaseLost = new("LeaseLost");

    /// <summary>True when the code is a refusal; false when it is a fault.</summary>
    public static bool TryToRefusal(BlobVerb verb, string? errorCode, out BlobRefusal why)
    {
        why = default;
        if (errorCode is null)
        {
            return false;
        }

        var code = new BlobErrorCode(errorCode);
        if (verb is BlobVerb.Create or BlobVerb.CreateAppend)
        {
            why = BlobRefusal.AlreadyExists;
            return IsTaken(code);
        }

        why = ToRefusal(code);
        return why != default;
    }

    /// <summary>True when the code answers a lease call; false when it is a fault.</summary>
    public static bool TryToLease(BlobVerb verb, string? errorCode, out LeaseOutcome outcome)
    {
        outcome = errorCode is null ? default : ToLease(verb, new BlobErrorCode(errorCode));
        return outcome != default;
    }

    public static bool IsNotFound(string? errorCode) => errorCode == BlobErrorCode.BlobNotFound;

    public static bool IsPastTheEnd(string? errorCode) => errorCode == BlobErrorCode.InvalidRange;

    public static bool IsConditionNotMet(string? errorCode) => errorCode == BlobErrorCode.ConditionNotMet;

    /// <summary>A create loses its race by 409 or 412; a name under lease is taken as well.</summary>
    private static bool IsTaken(BlobErrorCode code) =>
        code == BlobErrorCode.BlobAlreadyExists || code == BlobErrorCode.ConditionNotMet || code == BlobErrorCode.LeaseIdMissing;

    private static BlobRefusal ToRefusal(BlobErrorCode code)
    {
        if (code == BlobErrorCode.ConditionNotMet)
        {
            return BlobRefusal.ConditionNotMet;
        }

        if (code == BlobErrorCode.AppendPositionConditionNotMet)
        {
            return BlobRefusal.AppendPositionNotMet;
        }

        if (code == BlobErrorCode.LeaseIdMissing)
        {
            return BlobRefusal.LeaseMissing;
        }

        if (code == BlobErrorCode.LeaseIdMismatchWithBlobOperation)
        {
            return BlobRefusal.LeaseMismatch;
        }

        if (code == BlobErrorCode.LeaseNotPresentWithBlobOperation || code == LeaseLost)
        {
            return BlobRefusal.LeaseLost;
        }

        if (code == BlobIsSealed)
        {
            return BlobRefusal.Sealed;
        }

        if (code == BlobErrorCode.BlobNotFound)
        {
            return BlobRefusal.NotFound;
        }

        return code == BlobErrorCode.BlockCountExceedsLimit ? BlobRefusal.Full : default;
    }

    private static LeaseOutcome ToLease(BlobVerb verb, BlobErrorCode code)
    {
        if (code == BlobErrorCode.BlobNotFound)
        {
            return verb == BlobVerb.BreakLease ? LeaseOutcome.Changed : LeaseOutcome.NotFound;
        }

        if (code == BlobErrorCode.ConditionNotMet)
        {
            return LeaseOutcome.Changed;
        }

        if (code == BlobErrorCode.LeaseAlreadyPresent || code == BlobErrorCode.LeaseIsBreakingAndCannotBeAcquired)
        {
            return LeaseOutcome.Busy;
        }

        if (code == BlobErrorCode.LeaseNotPresentWithLeaseOperation || code == BlobErrorCode.LeaseAlreadyBroken)
        {
            // A break that finds no lease has what it wanted.
            return verb == BlobVerb.BreakLease ? LeaseOutcome.Free : LeaseOutcome.Lost;
        }

        var lost = code == BlobErrorCode.LeaseIdMismatchWithLeaseOperation
            || code == BlobErrorCode.LeaseIsBrokenAndCannotBeRenewed
            || code == LeaseLost;
        return lost ? LeaseOutcome.Lost : default;
    }
}
