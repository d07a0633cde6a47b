using Holdfast.Channels.GitHub;
using Holdfast.Channels.Slack;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Functions.Composition;

/// <summary>The channels that the configuration names.</summary>
internal sealed class ConfiguredReplyChannels(IServiceProvider services) : IReplyChannels
{
    public IReplyChannel? Find(ReplyTarget target) => target switch
    {
        ReplyTarget.Slack => services.GetService<SlackReplyChannel>(),
        ReplyTarget.GitHub => services.GetService<GitHubReplyChannel>(),
        ReplyTarget.Stored => services.GetRequiredService<StoredReplyChannel>(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
