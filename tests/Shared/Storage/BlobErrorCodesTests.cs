using Holdfast.Storage;
using Holdfast.Storage.AzureBlobs;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>The whole table, also the codes that only the cloud sends.</summary>
public sealed class BlobErrorCodesTests
{
    [Theory]
    [InlineData("ConditionNotMet", BlobRefusal.ConditionNotMet)]
    [InlineData("AppendPositionConditionNotMet", BlobRefusal.AppendPositionNotMet)]
    [InlineData("LeaseIdMissing", BlobRefusal.LeaseMissing)]
    [InlineData("LeaseIdMismatchWithBlobOperation", BlobRefusal.LeaseMismatch)]
    [InlineData("LeaseNotPresentWithBlobOperation", BlobRefusal.LeaseLost)]
    [InlineData("LeaseLost", BlobRefusal.LeaseLost)]
    [InlineData("BlobIsSealed", BlobRefusal.Sealed)]
    [InlineData("BlobNotFound", BlobRefusal.NotFound)]
    [InlineData("BlockCountExceedsLimit", BlobRefusal.Full)]
    public void TryToRefusal_WhenTheCodeIsARefusal_NamesIt(string code, BlobRefusal expected)
    {
        BlobErrorCodes.TryToRefusal(BlobVerb.Append, code, out var why).ShouldBeTrue();
        why.ShouldBe(expected);
    }

    [Theory]
    [InlineData("BlobAlreadyExists")]
    [InlineData("ConditionNotMet")]
    [InlineData("LeaseIdMissing")]
    public void TryToRefusal_WhenACreateFindsTheNameTaken_SaysSo(string code)
    {
        BlobErrorCodes.TryToRefusal(BlobVerb.Create, code, out var why).ShouldBeTrue();
        why.ShouldBe(BlobRefusal.AlreadyExists);
    }

    [Theory]
    [InlineData(BlobVerb.Create, "ContainerNotFound")]
    [InlineData(BlobVerb.Append, "ContainerNotFound")]
    [InlineData(BlobVerb.Append, "ServerBusy")]
    [InlineData(BlobVerb.Append, "AuthorizationFailure")]
    [InlineData(BlobVerb.Append, "InvalidBlobType")]
    [InlineData(BlobVerb.Append, "")]
    [InlineData(BlobVerb.Append, null)]
    public void TryToRefusal_WhenTheCodeIsAFault_DoesNot(BlobVerb verb, string? code) =>
        BlobErrorCodes.TryToRefusal(verb, code, out _).ShouldBeFalse();

    [Theory]
    [InlineData(BlobVerb.AcquireLease, "LeaseAlreadyPresent", LeaseOutcome.Busy)]
    [InlineData(BlobVerb.AcquireLease, "LeaseIsBreakingAndCannotBeAcquired", LeaseOutcome.Busy)]
    [InlineData(BlobVerb.AcquireLease, "BlobNotFound", LeaseOutcome.NotFound)]
    [InlineData(BlobVerb.RenewLease, "LeaseIdMismatchWithLeaseOperation", LeaseOutcome.Lost)]
    [InlineData(BlobVerb.RenewLease, "LeaseIsBrokenAndCannotBeRenewed", LeaseOutcome.Lost)]
    [InlineData(BlobVerb.RenewLease, "LeaseNotPresentWithLeaseOperation", LeaseOutcome.Lost)]
    [InlineData(BlobVerb.RenewLease, "LeaseLost", LeaseOutcome.Lost)]
    [InlineData(BlobVerb.ReleaseLease, "LeaseNotPresentWithLeaseOperation", LeaseOutcome.Lost)]
    [InlineData(BlobVerb.BreakLease, "LeaseNotPresentWithLeaseOperation", LeaseOutcome.Free)]
    [InlineData(BlobVerb.BreakLease, "LeaseAlreadyBroken", LeaseOutcome.Free)]
    public void TryToLease_WhenTheCodeIsAnAnswer_NamesIt(BlobVerb verb, string code, LeaseOutcome expected)
    {
        BlobErrorCodes.TryToLease(verb, code, out var outcome).ShouldBeTrue();
        outcome.ShouldBe(expected);
    }

    [Theory]
    [InlineData("ContainerNotFound")]
    [InlineData("InvalidHeaderValue")]
    [InlineData(null)]
    public void TryToLease_WhenTheCodeIsAFault_DoesNot(string? code) =>
        BlobErrorCodes.TryToLease(BlobVerb.AcquireLease, code, out _).ShouldBeFalse();
}
