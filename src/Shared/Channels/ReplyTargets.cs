using System.Diagnostics;
using Holdfast.Inbox;

namespace Holdfast.Channels;

/// <summary>From where the configuration sends answers to where a message's answer goes.</summary>
public static class ReplyTargets
{
    /// <param name="comment">Where a comment would go; null where there is nothing to comment on.</param>
    public static ReplyTarget Of(DeliveryTarget configured, ReplyTarget? comment) => configured switch
    {
        DeliveryTarget.None => new ReplyTarget.Stored(),
        DeliveryTarget.Comment => comment ?? new ReplyTarget.Stored(),
        DeliveryTarget.Slack slack => new ReplyTarget.Slack(slack.Channel, slack.Thread),
        DeliveryTarget.GitHub github =>
            new ReplyTarget.GitHub(github.Repository.Split('/')[0], github.Repository.Split('/')[1], github.Number),
        _ => throw new UnreachableException(),
    };
}
