using System.ComponentModel.DataAnnotations;

namespace Holdfast.Configuration;

/// <summary>Bounds that hold for the whole app.</summary>
public sealed record LimitsConfiguration : IValidatableObject
{
    /// <summary>Longest accepted message text, in UTF-8 bytes. 1 KiB to 1 MiB, default 256 KiB.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 256 * 1024;

    /// <summary>Model calls in flight in one process; further ones wait, and waiting is progress. 1 to 1,000, default 64.</summary>
    [Range(1, 1_000)]
    public int MaxConcurrentModelCalls { get; set; } = 64;

    /// <summary>
    /// How long a claim waits for a lease that somebody else holds before the message goes back to the inbox. 1 s to 10 min, default 60
    /// s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ClaimWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Length of the prompt lock, and so what a crash costs at most. 15 s to 60 s (what Azure Blob Storage grants), default 60 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:15", "00:01:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Pause between two renewals of the prompt lock. From 1 s to less than half of <see cref="LeaseDuration"/>, default 20 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:30")]
    public TimeSpan LeaseRenewal { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How late a scheduled run may start and still count as punctual. 1 min to 1 h, default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan CronPunctualWithin { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a write waits for a side writer that is inside: beyond the lease of one that died.</summary>
    public TimeSpan FenceWait() => LeaseDuration + TimeSpan.FromSeconds(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // Two renewals must fit into a lease: one may fail.
        if (LeaseRenewal * 2 >= LeaseDuration)
        {
            yield return new ValidationResult("must be less than half of leaseDuration", [nameof(LeaseRenewal)]);
        }
    }
}
