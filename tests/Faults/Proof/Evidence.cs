using Holdfast.Delivery;
using Holdfast.Tests.Faults.Traffic;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Faults.Proof;

/// <summary>A message as its sender knows it at the end.</summary>
/// <param name="Turns">The turns that its 2xx answers named.</param>
/// <param name="SentAt">When it first went out.</param>
/// <param name="ToldAt">When the first 2xx came; null if none did.</param>
public sealed record MessageEvidence(
    int Number,
    Channel Channel,
    string SessionKey,
    string Token,
    IReadOnlyCollection<string> Turns,
    DateTimeOffset? SentAt,
    DateTimeOffset? ToldAt)
{
    /// <summary>Answers that said "never".</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];
}

/// <summary>A post that stands at a platform.</summary>
/// <param name="Turn">The turn that its mark names; null without a mark.</param>
/// <param name="Part">Which part of the reply, from 1.</param>
/// <param name="Text">Without the mark.</param>
public sealed record PostEvidence(Channel Channel, string? Turn, int Part, string Text, string Where);

/// <summary>A session's transcript over all its segments, in order.</summary>
/// <param name="Faults">What is wrong with the file itself.</param>
public sealed record TranscriptEvidence(string SessionKey, IReadOnlyList<TranscriptEntry> Entries, IReadOnlyList<string> Faults);

/// <summary>All that a run left, read when everything is at rest.</summary>
/// <param name="Receipts">By turn.</param>
/// <param name="Deliveries">What the outbox says, by turn.</param>
/// <param name="Pending">Turns that are in an inbox.</param>
/// <param name="Answers">What the model said.</param>
public sealed record Evidence(
    IReadOnlyList<MessageEvidence> Messages,
    IReadOnlyDictionary<string, Receipt> Receipts,
    IReadOnlyDictionary<string, OutboxRecord> Deliveries,
    IReadOnlySet<string> Pending,
    IReadOnlyList<PostEvidence> Posts,
    IReadOnlyList<TranscriptEvidence> Transcripts,
    IReadOnlyList<ModelAnswer> Answers)
{
    /// <summary>A sentence for each transcript that did not only grow.</summary>
    public IReadOnlyList<string> BrokenPrefixes { get; init; } = [];

    /// <summary>A sentence for each log line that holds what was said.</summary>
    public IReadOnlyList<string> Leaks { get; init; } = [];

    /// <summary>A sentence for each process that ended by itself.</summary>
    public IReadOnlyList<string> Deaths { get; init; } = [];
}
