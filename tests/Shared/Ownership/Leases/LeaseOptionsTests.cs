using System.ComponentModel.DataAnnotations;
using Holdfast.Ownership.Leases;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Ownership.Leases;

/// <summary>Limits that contradict each other are refused at the start (S20).</summary>
public sealed class LeaseOptionsTests
{
    [Fact]
    public void Validate_WhenNothingIsSet_HasNoComplaint() => Complaints(new LeaseOptions()).ShouldBeEmpty();

    [Theory]
    [InlineData(nameof(LeaseOptions.Duration), "00:00:14")]
    [InlineData(nameof(LeaseOptions.Duration), "00:01:01")]
    [InlineData(nameof(LeaseOptions.RenewEvery), "00:00:00")]
    [InlineData(nameof(LeaseOptions.RenewEvery), "00:00:30")]
    [InlineData(nameof(LeaseOptions.FenceWait), "00:01:00")]
    [InlineData(nameof(LeaseOptions.DeadlineMargin), "00:00:59")]
    [InlineData(nameof(LeaseOptions.ReleaseWithin), "00:01:00")]
    [InlineData(nameof(LeaseOptions.ReleaseWithin), "00:00:00")]
    [InlineData(nameof(LeaseOptions.PollEvery), "00:00:00")]
    [InlineData(nameof(LeaseOptions.ClaimWait), "-00:00:01")]
    [InlineData(nameof(LeaseOptions.ResetWait), "-00:00:01")]
    public void Validate_WhenOneLimitDoesNotFitTheOthers_NamesIt(string name, string value)
    {
        var options = new LeaseOptions();
        typeof(LeaseOptions).GetProperty(name)!.SetValue(options, TimeSpan.Parse(value, System.Globalization.CultureInfo.InvariantCulture));

        Complaints(options).SelectMany(complaint => complaint.MemberNames).ShouldContain(name);
    }

    private static List<ValidationResult> Complaints(LeaseOptions options) => [.. options.Validate(new ValidationContext(options))];
}
