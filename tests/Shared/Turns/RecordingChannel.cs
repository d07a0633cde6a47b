using Holdfast.Delivery;
using Holdfast.Inbox;

namespace Holdfast.Tests.Turns;

/// <summary>How a recording channel takes the next post.</summary>
internal enum PostPlan
{
    Take = 0,

    /// <summary>It stands, and the answer is lost.</summary>
    TakeAndLoseAnswer = 1,

    /// <summary>It does not stand, and the answer is lost.</summary>
    Lose = 2,
    RateLimit = 3,
    Refuse = 4,

    /// <summary>It stands, and the caller's process dies.</summary>
    TakeAndCrash = 5,

    /// <summary>It stands only shortly before the sender would give up.</summary>
    TakeLate = 6,
}

/// <summary>A platform that keeps what it was told. A post that stands is found by its turn and number.</summary>
internal sealed class RecordingChannel : IReplyChannel
{
    private readonly Lock _gate = new();
    private readonly List<ReplyPart> _posts = [];
    private readonly Dictionary<string, ReplyTarget> _targets = [];

    public Queue<PostPlan> Plans { get; } = [];

    public bool ForbidsLooking { get; set; }

    /// <summary>The pause that it wants.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Looks that it has no answer to yet.</summary>
    public int LaterLooks { get; set; }

    /// <summary>How a late post passes its time.</summary>
    public Func<TimeSpan, Task> Pass { get; set; } = _ => Task.CompletedTask;

    public int Lookups { get; private set; }

    public int PostCalls { get; private set; }

    /// <summary>Where texts are cut.</summary>
    public int MaxCharacters { get; set; } = int.MaxValue;

    public string Name => "recording";

    public TimeSpan AnswersWithin { get; set; } = TimeSpan.FromSeconds(5);

    public IReadOnlyList<ReplyPart> Posts
    {
        get
        {
            lock (_gate)
            {
                return [.. _posts];
            }
        }
    }

    /// <summary>Where a turn's reply or notice was sent last.</summary>
    public ReplyTarget TargetOf(DeliveryId delivery)
    {
        lock (_gate)
        {
            return _targets[delivery.Turn.Value];
        }
    }

    public IReadOnlyList<string> Split(string text) => [.. text.Chunk(MaxCharacters).Select(part => new string(part))];

    public Task<PostOutcome> PostAsync(ReplyTarget target, ReplyPart part, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            PostCalls++;
            _targets[part.TurnId.Value] = target;
            var plan = Plans.TryDequeue(out var next) ? next : PostPlan.Take;
            if (plan is PostPlan.Take or PostPlan.TakeAndLoseAnswer or PostPlan.TakeAndCrash)
            {
                _posts.Add(part);
            }

            return plan switch
            {
                PostPlan.Take => Task.FromResult<PostOutcome>(new PostOutcome.Posted(IdOf(part))),
                PostPlan.RateLimit => Task.FromResult<PostOutcome>(new PostOutcome.RateLimited(RetryAfter)),
                PostPlan.Refuse => Task.FromResult<PostOutcome>(new PostOutcome.Refused("channel_not_found")),
                PostPlan.TakeAndCrash => throw new CrashException(),
                PostPlan.TakeLate => TakeLateAsync(part),
                _ => Task.FromResult<PostOutcome>(new PostOutcome.Ambiguous()),
            };
        }
    }

    public Task<LookupOutcome> FindAsync(ReplyTarget target, ReplyPart part, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Lookups++;
            LookupOutcome outcome = LaterLooks-- > 0
                ? new LookupOutcome.Later(RetryAfter)
                : ForbidsLooking
                ? new LookupOutcome.Forbidden("missing_scope")
                : _posts.Any(post => post.TurnId == part.TurnId && post.Number == part.Number)
                    ? new LookupOutcome.Found(IdOf(part))
                    : new LookupOutcome.Absent();
            return Task.FromResult(outcome);
        }
    }

    private async Task<PostOutcome> TakeLateAsync(ReplyPart part)
    {
        await Pass(AnswersWithin - TimeSpan.FromSeconds(1));
        lock (_gate)
        {
            _posts.Add(part);
        }

        return new PostOutcome.Posted(IdOf(part));
    }

    private static string IdOf(ReplyPart part) => $"post-{part.TurnId.Value[..6]}-{part.Number}";
}

/// <summary>Every target but those that are fetched goes to one channel.</summary>
internal sealed class OneChannel(IReplyChannel? channel) : IReplyChannels
{
    private readonly StoredReplyChannel _stored = new();

    public IReplyChannel? Find(ReplyTarget target) => target is ReplyTarget.Stored ? _stored : channel;
}
