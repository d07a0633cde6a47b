using Holdfast.Channels;
using Holdfast.Channels.GitHub;
using Holdfast.Channels.Slack;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Peers.GitHub;
using Holdfast.Peers.Scripting;
using Holdfast.Peers.Slack;
using Holdfast.Tests.Channels.GitHub;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Delivery;

/// <summary>
/// How long a post may be on its way, as a channel says it, is how long its client lets it: a second sender waits for that.
/// </summary>
public sealed class AnswersWithinTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task PostAsync_WhenSlackDoesNotAnswer_IsGivenUpWhenTheChannelSaysSo()
    {
        await using var slack = await ScriptedSlack.StartAsync();
        slack.Script.Next("chat.postMessage", new ScriptedAnswer.Held(new TaskCompletionSource().Task));
        var options =
            new SlackOptions { Agent = "main", BotToken = new Secret("T", "xoxb-test"), SigningSecrets = [], ApiBaseUrl = slack.ApiUri };
        using var http = new HttpClient();

        await GivesUpAsync(
            new SlackReplyChannel(http, options, _clock, NullLogger<SlackReplyChannel>.Instance),
            new ReplyTarget.Slack("C1", "1.1"), () => slack.Messages.Count == 1);
    }

    [Fact]
    public async Task PostAsync_WhenGitHubDoesNotAnswer_IsGivenUpWhenTheChannelSaysSo()
    {
        await using var github = await ScriptedGitHub.StartAsync(new ScriptedGitHubOptions());
        github.Script.Next(GitHubOperations.CreateComment, new ScriptedAnswer.Held(new TaskCompletionSource().Task));
        var options = new GitHubOptions { Token = new Secret("T", "ghp_test"), ApiBaseUrl = github.BaseUri };

        await GivesUpAsync(
            new GitHubReplyChannel(options, _clock, NullLogger<GitHubReplyChannel>.Instance),
            new ReplyTarget.GitHub("octo", "hello", 7), () => github.Comments.Count == 1);
    }

    private async Task GivesUpAsync(IReplyChannel channel, ReplyTarget target, Func<bool> stands)
    {
        var post = channel.PostAsync(target, new ReplyPart(DeliveryId.Parse("t1").Turn, 1, "text"), CancellationToken.None);
        await SettableTime.UntilAsync(stands);

        _clock.Advance(channel.AnswersWithin - Tick);
        await Task.WhenAny(post, Task.Delay(200, TestContext.Current.CancellationToken));
        post.IsCompleted.ShouldBeFalse("the post may still be on its way");
        _clock.Advance(Tick);

        (await post.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).ShouldBe(new PostOutcome.Ambiguous());
        Deliverer.SecondWaitsFor(channel).ShouldBeGreaterThan(channel.AnswersWithin);
    }
}
