using Holdfast.Inbox;
using Holdfast.Sessions;

namespace Holdfast.Delivery;

/// <summary>One part of a reply: together with the turn it names a post for ever.</summary>
/// <param name="Number">1-based.</param>
public sealed record ReplyPart(TurnId TurnId, int Number, string Text);

/// <summary>What became of a post.</summary>
public abstract record PostOutcome
{
    private PostOutcome()
    {
    }

    /// <summary>The platform's own id of it.</summary>
    public sealed record Posted(string PlatformId) : PostOutcome;

    /// <summary>Not posted; try again no sooner than this.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : PostOutcome;

    /// <summary>Not posted, and never will be.</summary>
    public sealed record Refused(string Reason) : PostOutcome;

    /// <summary>Posted or not: look before posting again.</summary>
    public sealed record Ambiguous : PostOutcome;
}

/// <summary>What a look for an earlier post found.</summary>
public abstract record LookupOutcome
{
    private LookupOutcome()
    {
    }

    public sealed record Found(string PlatformId) : LookupOutcome;

    /// <summary>Not there, as far as the platform shows by now.</summary>
    public sealed record Absent : LookupOutcome;

    /// <summary>No answer; ask again no sooner than this.</summary>
    public sealed record Later(TimeSpan RetryAfter) : LookupOutcome;

    /// <summary>The platform does not let us look.</summary>
    public sealed record Forbidden(string Reason) : LookupOutcome;
}

/// <summary>A platform that replies go to. Sends nothing twice by itself.</summary>
public interface IReplyChannel
{
    /// <summary>The word for it in receipts and status.</summary>
    string Name { get; }

    /// <summary>The longest that a post may be on its way: after this it was answered, or given up.</summary>
    TimeSpan AnswersWithin { get; }

    /// <summary>Cuts a text to the platform's limits; at least one part, none blank.</summary>
    IReadOnlyList<string> Split(string text);

    Task<PostOutcome> PostAsync(ReplyTarget target, ReplyPart part, CancellationToken cancellationToken);

    /// <param name="notBefore">The part was not posted before this.</param>
    Task<LookupOutcome> FindAsync(ReplyTarget target, ReplyPart part, DateTimeOffset notBefore, CancellationToken cancellationToken);
}

/// <summary>Finds the platform of a target.</summary>
public interface IReplyChannels
{
    /// <returns>Null when the channel is not configured (any more).</returns>
    IReplyChannel? Find(ReplyTarget target);
}

/// <summary>Replies that are fetched, not sent: the outbox record is the delivery.</summary>
public sealed class StoredReplyChannel : IReplyChannel
{
    public string Name => "stored";

    public TimeSpan AnswersWithin => TimeSpan.Zero;

    public IReadOnlyList<string> Split(string text) => [text];

    public Task<PostOutcome> PostAsync(ReplyTarget target, ReplyPart part, CancellationToken cancellationToken) =>
        Task.FromResult<PostOutcome>(new PostOutcome.Posted($"outbox/{part.TurnId}"));

    public Task<LookupOutcome> FindAsync(
        ReplyTarget target, ReplyPart part, DateTimeOffset notBefore, CancellationToken cancellationToken) =>
        Task.FromResult<LookupOutcome>(new LookupOutcome.Absent());
}
