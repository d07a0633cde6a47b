using Holdfast.Delivery;
using Holdfast.Inbox;

namespace Holdfast.Tests.Explorer.Engine;

/// <summary>A chat platform: keeps what was posted to it, and shows it to whoever looks.</summary>
internal sealed class Platform
{
    public List<(string TurnId, int Part, string Text)> Posts { get; } = [];

    public Fingerprint MixInto(
        Fingerprint print) => Posts.Aggregate(print, (sum, post) => sum.With(post.TurnId).With((ulong)post.Part).With(post.Text));
}

/// <summary>One actor's view of the platform.</summary>
internal sealed class PlatformChannel(Platform platform, Actor actor) : IReplyChannel, IReplyChannels
{
    public const string PostLabel = "Post to the platform";

    public string Name => "platform";

    public TimeSpan AnswersWithin => TimeSpan.FromSeconds(5);

    public IReplyChannel? Find(ReplyTarget target) => this;

    public IReadOnlyList<string> Split(string text) => [text];

    public Task<PostOutcome> PostAsync(
        ReplyTarget target, ReplyPart part, CancellationToken cancellationToken) => actor.CallAsync<PostOutcome>(
        PostLabel,
        writes: true,
        () =>
        {
            platform.Posts.Add((part.TurnId.Value, part.Number, part.Text));
            return new PostOutcome.Posted($"post-{platform.Posts.Count}");
        },
        outcome => Fingerprint.Empty.With(outcome.ToString()),
        () => new PostOutcome.Ambiguous(),
        cancellationToken);

    public Task<LookupOutcome> FindAsync(
        ReplyTarget target, ReplyPart part, DateTimeOffset notBefore, CancellationToken cancellationToken) =>
        actor.CallAsync<LookupOutcome>(
            "Look for a post on the platform",
            writes: false,
            () => platform.Posts.FindIndex(post => post.TurnId == part.TurnId.Value && post.Part == part.Number) is >= 0 and var index
                ? new LookupOutcome.Found($"post-{index + 1}")
                : new LookupOutcome.Absent(),
            outcome => Fingerprint.Empty.With(outcome.ToString()),
            () => new LookupOutcome.Later(TimeSpan.FromSeconds(5)),
            cancellationToken);
}
