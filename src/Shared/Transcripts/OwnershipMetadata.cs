using System.Globalization;
using Holdfast.Sessions;

namespace Holdfast.Transcripts;

/// <summary>
/// Who owns a session, as the transcript blob's own metadata says (<c>runid</c>, <c>attempt</c>, <c>epoch</c>, <c>sessionid</c>,
/// <c>segment</c>, <c>nonce</c>; optional <c>since</c>, <c>until</c>, <c>orchestration</c>). Setting it changes the blob's ETag, so
/// every earlier owner's next conditional append is refused by storage.
/// </summary>
/// <param name="RunId">The owner's run; empty before the first claim; <see cref="EndPrefix"/> and a nonce for a reset.</param>
/// <param name="Attempt">The owner's attempt; 0 before the first claim.</param>
/// <param name="Epoch">Ordered ownership number: only grows, and a roll carries it into the next segment.</param>
/// <param name="SessionId">The incarnation the blob belongs to.</param>
/// <param name="Segment">The segment's number.</param>
/// <param name="Nonce">Tells a claim whose answer was lost from the same claim by another execution.</param>
public sealed record OwnershipMetadata(string RunId, int Attempt, long Epoch, SessionId SessionId, int Segment, string Nonce)
{
    /// <summary>Claims of this kind end a session: a sealed segment that carries one has no successor.</summary>
    public const string EndPrefix = "reset:";

    /// <summary>True when the session has ended by a reset: nobody claims it again, and its last segment is not continued.</summary>
    public bool EndsSession => RunId.StartsWith(EndPrefix, StringComparison.Ordinal);

    /// <summary>When the claim was made, by its owner's clock; null in metadata of before this was written.</summary>
    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>
    /// After this the owner renews no lease any more: its turn's deadline and a margin. Null for an owner without a deadline.
    /// </summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The execution of an orchestration that the claim was made for; null when it was made for none.</summary>
    public string? Orchestration { get; init; }

    public static OwnershipMetadata Unclaimed(SessionId session, int segment) => new("", 0, 0, session, segment, "");

    /// <returns>Null when the metadata is not of this shape.</returns>
    public static OwnershipMetadata? FromMetadata(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue("runid", out var run)
        && metadata.TryGetValue("attempt", out var attempt)
        && int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out var attemptNumber)
        && metadata.TryGetValue("epoch", out var epoch)
        && long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var epochNumber)
        && metadata.TryGetValue("sessionid", out var sessionId) && SessionId.TryParse(sessionId) is { } session
        && metadata.TryGetValue("segment", out var segment)
        && int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var segmentNumber)
            ? new OwnershipMetadata(run == NoRun ? "" : run, attemptNumber, epochNumber, session, segmentNumber,
                metadata.GetValueOrDefault("nonce", "") is var nonce && nonce == NoRun ? "" : nonce)
            {
                ClaimedAt = TimeOf(metadata, "since"),
                Until = TimeOf(metadata, "until"),
                Orchestration = metadata.GetValueOrDefault("orchestration"),
            }
            : null;

    public IReadOnlyDictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string>
        {
            ["runid"] = RunId.Length == 0 ? NoRun : RunId,
            ["attempt"] = Attempt.ToString(CultureInfo.InvariantCulture),
            ["epoch"] = Epoch.ToString(CultureInfo.InvariantCulture),
            ["sessionid"] = SessionId.Value,
            ["segment"] = Segment.ToString(CultureInfo.InvariantCulture),
            ["nonce"] = Nonce.Length == 0 ? NoRun : Nonce,
        };
        Add("since", ClaimedAt?.ToString("O", CultureInfo.InvariantCulture));
        Add("until", Until?.ToString("O", CultureInfo.InvariantCulture));
        Add("orchestration", Orchestration);
        return metadata;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                metadata[name] = value;
            }
        }
    }

    /// <summary>Azure drops metadata with an empty value, so "nobody" needs a name.</summary>
    private const string NoRun = "-";

    private static DateTimeOffset? TimeOf(IReadOnlyDictionary<string, string> metadata, string name) =>
        metadata.TryGetValue(name, out var text)
        && DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at)
            ? at
            : null;
}
