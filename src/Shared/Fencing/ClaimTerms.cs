namespace Holdfast.Fencing;

/// <summary>What a claim says of its claimer beside the run: for whoever waits behind it, and for its own wait.</summary>
/// <param name="DeadlineAt">The turn's deadline; null for a claimer without one, whose lease is never broken for its age.</param>
/// <param name="Orchestration">The execution of the orchestration that the claim is made for.</param>
/// <param name="EndedOrchestration">The execution that ended before it: what stands under its claim has no owner any more.</param>
public sealed record ClaimTerms(DateTimeOffset? DeadlineAt, string? Orchestration, string? EndedOrchestration)
{
    public static ClaimTerms None { get; } = new(null, null, null);
}
