using System.ComponentModel.DataAnnotations;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Ownership.Leases;

/// <summary>
/// Times of the prompt lock. Checked together by <see cref="Validate"/>: limits that contradict each other lose messages.
/// </summary>
public sealed class LeaseOptions : IValidatableObject
{
    /// <summary>
    /// The deployment that these leases are of: one name on all its machines, another one for each deployment that shares the storage. Not
    /// empty; default <c>holdfast</c>.
    /// </summary>
    [Required]
    public string Deployment { get; set; } = "holdfast";

    /// <summary>How long a lease lasts without renewal: 15 to 60 s (the service's own range). Default 60 s.</summary>
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Time between renewals: less than half of <see cref="Duration"/>. Default 20 s.</summary>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a claim waits for another holder before the message is left in the inbox. Default 10 s; the app sets limits.claimWait.
    /// </summary>
    public TimeSpan ClaimWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the fence waits for a side writer that is inside. Default 75 s: longer than a dead writer's lease.</summary>
    public TimeSpan FenceWait { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>Time between two tries while waiting. Default 250 ms.</summary>
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long after its turn's deadline a run may still write down how it ended and deliver that; then nothing of it is renewed. At least
    /// <see cref="Duration"/>, default 2 min.
    /// </summary>
    public TimeSpan DeadlineMargin { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a reset waits for whoever holds the session before it says that a turn does. Default 5 s.</summary>
    public TimeSpan ResetWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most a release may take; a lease that cannot be released lapses. Default 5 s.</summary>
    public TimeSpan ReleaseWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The one lease id of a run within this deployment: each activity of it, on whatever machine, acquires and renews under this id.
    /// Another deployment opens the same message as the same run, and must wait for it: its id is another one. See
    /// docs/decisions/0016-a-lease-id-is-a-runs-within-a-deployment.md.
    /// </summary>
    public LeaseId LeaseOf(RunId run) => LeaseId.Parse(StableHash.Of("lease", run.Value, Deployment));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Duration < TimeSpan.FromSeconds(15) || Duration > TimeSpan.FromSeconds(60))
        {
            yield return new ValidationResult("The lease duration is 15 to 60 s.", [nameof(Duration)]);
        }

        if (RenewEvery <= TimeSpan.Zero || RenewEvery >= Duration / 2)
        {
            yield return new ValidationResult("Renewals come at less than half of the lease duration.", [nameof(RenewEvery)]);
        }

        if (FenceWait <= Duration)
        {
            yield return new ValidationResult(
                "The fence waits longer than a lease lasts, or a dead side writer ends a turn.", [nameof(FenceWait)]);
        }

        if (DeadlineMargin < Duration)
        {
            yield return new ValidationResult(
                "A run has a lease's length after its deadline to end, or it is shut out while it does.", [nameof(DeadlineMargin)]);
        }

        if (ReleaseWithin >= Duration)
        {
            yield return new ValidationResult("A release that takes as long as the lease lasts is of no use.", [nameof(ReleaseWithin)]);
        }

        if (PollEvery <= TimeSpan.Zero || ClaimWait < TimeSpan.Zero || ResetWait < TimeSpan.Zero || ReleaseWithin <= TimeSpan.Zero)
        {
            yield return new ValidationResult(
                "Waits and polls are positive.", [nameof(PollEvery), nameof(ClaimWait), nameof(ResetWait), nameof(ReleaseWithin)]);
        }
    }
}
