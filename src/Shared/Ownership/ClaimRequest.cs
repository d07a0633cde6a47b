namespace Holdfast.Ownership;

/// <summary>What a claim says of its claimer beside the run.</summary>
/// <param name="DeadlineAt">The turn's deadline; null for a claimer without one.</param>
/// <param name="Orchestration">The execution of the orchestration that the claim is made for.</param>
public sealed record ClaimRequest(DateTimeOffset? DeadlineAt, string? Orchestration)
{
    public static ClaimRequest None { get; } = new(null, null);
}
