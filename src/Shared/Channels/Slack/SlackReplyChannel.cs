using Holdfast.Delivery;
using Holdfast.Inbox;

namespace Holdfast.Channels.Slack;

/// <summary>Replies as Slack messages, in the thread they answer.</summary>
public sealed class SlackReplyChannel(SlackClient client, SlackOptions options) : IReplyChannel
{
    /// <summary>How long to wait before looking again when Slack gave no answer.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);

    public string Name => "slack";

    public TimeSpan AnswersWithin => options.RequestTimeout;

    public IReadOnlyList<string> Split(string text) => SlackTextSplitter.Split(text);

    public async Task<PostOutcome> PostAsync(ReplyTarget target, ReplyPart part, CancellationToken cancellationToken)
    {
        var slack = (ReplyTarget.Slack)target;
        var post = new SlackPost(slack.ChannelId, slack.ThreadTs, part.Text, part.TurnId, part.Number);
        return await client.PostMessageAsync(post, cancellationToken) switch
        {
            SlackPostOutcome.Posted posted => new PostOutcome.Posted(posted.Ts),
            SlackPostOutcome.RateLimited limited => new PostOutcome.RateLimited(limited.RetryAfter),
            SlackPostOutcome.Rejected rejected => new PostOutcome.Refused(rejected.ErrorCode),
            _ => new PostOutcome.Ambiguous(),
        };
    }

    public async Task<LookupOutcome> FindAsync(ReplyTarget target, ReplyPart part, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        var slack = (ReplyTarget.Slack)target;
        return await client.FindPostedAsync(slack.ChannelId, slack.ThreadTs, part.TurnId, part.Number, notBefore, cancellationToken) switch
        {
            SlackLookupOutcome.Found found => new LookupOutcome.Found(found.Ts),
            SlackLookupOutcome.Absent => new LookupOutcome.Absent(),
            SlackLookupOutcome.RateLimited limited => new LookupOutcome.Later(limited.RetryAfter),
            SlackLookupOutcome.Rejected rejected => new LookupOutcome.Forbidden(rejected.ErrorCode),
            _ => new LookupOutcome.Later(LookAgainAfter),
        };
    }
}
