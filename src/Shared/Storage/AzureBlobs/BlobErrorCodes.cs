using System.Collections.Frozen;
using Azure.Storage.Blobs.Models;

namespace Holdfast.Storage.AzureBlobs;

/// <summary>
/// The service's error codes as outcomes. One HTTP status stands for many of them (412 alone for five that lead to different
/// verdicts), so the code decides and the status is never looked at.
/// </summary>
internal static class BlobErrorCodes
{
    // Not among the SDK's constants (12.29).
    private static readonly BlobErrorCode BlobIsSealed = new("BlobIsSealed");

    private static readonly FrozenDictionary<string, BlobRefusal> Refusals = Table(
        (BlobErrorCode.ConditionNotMet, BlobRefusal.ConditionNotMet),
        (BlobErrorCode.AppendPositionConditionNotMet, BlobRefusal.AppendPositionNotMet),
        (BlobErrorCode.LeaseIdMissing, BlobRefusal.LeaseMissing),
        (BlobErrorCode.LeaseIdMismatchWithBlobOperation, BlobRefusal.LeaseMismatch),
        (BlobErrorCode.LeaseNotPresentWithBlobOperation, BlobRefusal.LeaseLost),
        (BlobErrorCode.LeaseLost, BlobRefusal.LeaseLost),
        (BlobIsSealed, BlobRefusal.Sealed),
        (BlobErrorCode.BlobNotFound, BlobRefusal.NotFound),
        (BlobErrorCode.BlockCountExceedsLimit, BlobRefusal.Full));

    /// <summary>A create loses its race by 409 or 412; a name under lease is taken as well.</summary>
    private static readonly FrozenDictionary<string, BlobRefusal> CreateRefusals = Table(
        (BlobErrorCode.BlobAlreadyExists, BlobRefusal.AlreadyExists),
        (BlobErrorCode.ConditionNotMet, BlobRefusal.AlreadyExists),
        (BlobErrorCode.LeaseIdMissing, BlobRefusal.AlreadyExists));

    private static readonly FrozenDictionary<string, LeaseOutcome> Leases = Table(
        (BlobErrorCode.BlobNotFound, LeaseOutcome.NotFound),
        (BlobErrorCode.ConditionNotMet, LeaseOutcome.Changed),
        (BlobErrorCode.LeaseAlreadyPresent, LeaseOutcome.Busy),
        (BlobErrorCode.LeaseIsBreakingAndCannotBeAcquired, LeaseOutcome.Busy),
        (BlobErrorCode.LeaseNotPresentWithLeaseOperation, LeaseOutcome.Lost),
        (BlobErrorCode.LeaseAlreadyBroken, LeaseOutcome.Lost),
        (BlobErrorCode.LeaseIdMismatchWithLeaseOperation, LeaseOutcome.Lost),
        (BlobErrorCode.LeaseIsBrokenAndCannotBeRenewed, LeaseOutcome.Lost),
        (BlobErrorCode.LeaseLost, LeaseOutcome.Lost));

    /// <summary>Where a break differs: one that finds no lease has what it wanted.</summary>
    private static readonly FrozenDictionary<string, LeaseOutcome> Breaks = Table(
        (BlobErrorCode.BlobNotFound, LeaseOutcome.Changed),
        (BlobErrorCode.LeaseNotPresentWithLeaseOperation, LeaseOutcome.Free),
        (BlobErrorCode.LeaseAlreadyBroken, LeaseOutcome.Free));

    /// <summary>True when the code is a refusal; false when it is a fault.</summary>
    public static bool TryToRefusal(BlobVerb verb, string? errorCode, out BlobRefusal why) =>
        (verb is BlobVerb.Create or BlobVerb.CreateAppend ? CreateRefusals : Refusals).TryGetValue(errorCode ?? "", out why);

    /// <summary>True when the code answers a lease call; false when it is a fault.</summary>
    public static bool TryToLease(BlobVerb verb, string? errorCode, out LeaseOutcome outcome) =>
        (verb == BlobVerb.BreakLease && Breaks.TryGetValue(errorCode ?? "", out outcome))
            || Leases.TryGetValue(errorCode ?? "", out outcome);

    public static bool IsNotFound(string? errorCode) => errorCode == BlobErrorCode.BlobNotFound;

    public static bool IsPastTheEnd(string? errorCode) => errorCode == BlobErrorCode.InvalidRange;

    public static bool IsConditionNotMet(string? errorCode) => errorCode == BlobErrorCode.ConditionNotMet;

    private static FrozenDictionary<string, T> Table<T>(params (BlobErrorCode Code, T Outcome)[] rows) =>
        rows.ToFrozenDictionary(row => row.Code.ToString(), row => row.Outcome, StringComparer.OrdinalIgnoreCase);
}
