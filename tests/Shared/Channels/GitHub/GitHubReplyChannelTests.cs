using Holdfast.Channels;
using Holdfast.Channels.GitHub;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Peers.GitHub;
using Holdfast.Peers.Scripting;
using Holdfast.Sessions;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.GitHub;

public sealed class GitHubReplyChannelTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TurnId Turn = DeliveryId.Parse("t1").Turn;
    private readonly SettableTime _time = new();
    private ScriptedGitHub _github = null!;

    public async ValueTask InitializeAsync() => _github = await ScriptedGitHub.StartAsync(new ScriptedGitHubOptions { Time = _time });

    public ValueTask DisposeAsync() => _github.DisposeAsync();

    [Fact]
    public async Task PostAsync_WhenAccepted_StandsExactlyAsSentWithItsMarker()
    {
        const string text = "**grüße** 👋 \"a\" & <b> \\ \u2028\n```\ncode\n```";

        var outcome = await PostAsync(Channel(), text);

        var comment = _github.Comments.ShouldHaveSingleItem();
        comment.Body.ShouldBe(text + $"\n\n<!-- holdfast:turn={Turn} part=1 -->");
        outcome.ShouldBeOfType<PostOutcome.Posted>().PlatformId.ShouldEndWith($"#issuecomment-{comment.Id}");
    }

    [Fact]
    public async Task PostAsync_WhenThePartIsAsLongAsSplitGivesIt_IsAccepted()
    {
        var part = Channel().Split(new string('x', 100_000))[0];

        (await PostAsync(Channel(), part)).ShouldBeOfType<PostOutcome.Posted>();

        part.Length.ShouldBe(GitHubReplyChannel.MaxCharacters);
        _github.Comments[0].Body.Length.ShouldBeLessThanOrEqualTo(65_536);
    }

    public static TheoryData<ScriptedAnswer, string> Refusals() => new()
    {
        { GitHubAnswers.BadCredentials(), "unauthorized" },
        { GitHubAnswers.Forbidden(), "forbidden" },
        { GitHubAnswers.NotFound(), "not_found" },
        { GitHubAnswers.Invalid(), "validation_failed" },
        { GitHubAnswers.Refused(410, "Issues are disabled"), "http_410" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task PostAsync_WhenRefused_SaysWhyAndSendsOnce(ScriptedAnswer answer, string reason)
    {
        _github.Script.Next(GitHubOperations.CreateComment, answer);

        (await PostAsync(Channel())).ShouldBe(new PostOutcome.Refused(reason));

        _github.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task PostAsync_WhenRateLimited_ReportsThePause()
    {
        _github.Script
            .Next(GitHubOperations.CreateComment, GitHubAnswers.RateLimited(_time.Now.AddMinutes(12)))
            .Next(GitHubOperations.CreateComment, GitHubAnswers.SecondaryRateLimited(403, 17))
            .Next(GitHubOperations.CreateComment, GitHubAnswers.SecondaryRateLimited(429, 18))
            .Next(GitHubOperations.CreateComment, GitHubAnswers.SecondaryRateLimited(403, null));
        var channel = Channel();

        (await PostAsync(channel)).ShouldBe(new PostOutcome.RateLimited(TimeSpan.FromMinutes(12)));
        (await PostAsync(channel)).ShouldBe(new PostOutcome.RateLimited(TimeSpan.FromSeconds(17)));
        (await PostAsync(channel)).ShouldBe(new PostOutcome.RateLimited(TimeSpan.FromSeconds(18)));
        (await PostAsync(channel)).ShouldBe(new PostOutcome.RateLimited(TimeSpan.FromMinutes(1)));
        _github.Comments.ShouldBeEmpty();
    }

    public static TheoryData<ScriptedAnswer> AnswersThatTellNothing() =>
    [
        new ScriptedAnswer.LostAnswer(),
        new ScriptedAnswer.LostRequest(),
        new ScriptedAnswer.Refused(502, "<html>bad gateway</html>"),
        new ScriptedAnswer.Refused(201, "{\"id\":"),
        new ScriptedAnswer.Refused(201, ""),
    ];

    [Theory]
    [MemberData(nameof(AnswersThatTellNothing))]
    public async Task PostAsync_WhenTheAnswerTellsNothing_IsAmbiguousAndSentOnce(ScriptedAnswer answer)
    {
        _github.Script.Next(GitHubOperations.CreateComment, answer);

        (await PostAsync(Channel())).ShouldBe(new PostOutcome.Ambiguous());

        _github.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task PostAsync_WhenTheAnswerTakesTooLong_IsAmbiguous()
    {
        var gate = new TaskCompletionSource();
        _github.Script.Next(GitHubOperations.CreateComment, new ScriptedAnswer.Held(gate.Task));

        var post = PostAsync(Channel());
        await SettableTime.UntilAsync(() => _github.Comments.Count == 1);
        _time.RunOutTimers();

        (await post).ShouldBe(new PostOutcome.Ambiguous());
    }

    [Fact]
    public async Task PostAsync_WhenTheCallerCancels_Throws()
    {
        var gate = new TaskCompletionSource();
        _github.Script.Next(GitHubOperations.CreateComment, new ScriptedAnswer.Held(gate.Task));
        using var cancelled = new CancellationTokenSource();

        var post = Channel().PostAsync(Issue, Part(), cancelled.Token);
        await SettableTime.UntilAsync(() => _github.Comments.Count == 1);
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => post);
    }

    [Fact]
    public async Task PostAsync_WhenTheRepositoryWasRenamed_PostsWhereItIsNow()
    {
        var now = new Uri(_github.BaseUri, "api/v3/repos/octo/renamed/issues/7/comments").ToString();
        _github.Script.Next(GitHubOperations.CreateComment, new ScriptedAnswer.Refused(307, "{}", [("Location", now)]));

        (await PostAsync(Channel())).ShouldBeOfType<PostOutcome.Posted>().PlatformId.ShouldEndWith(
            $"#issuecomment-{_github.Comments.ShouldHaveSingleItem().Id}");

        _github.Calls.Select(call => (call.Path, call.AuthorizationScheme)).ShouldBe(
            [("/repos/octo/hello/issues/7/comments", "token"), ("/repos/octo/renamed/issues/7/comments", "token")]);
    }

    [Fact]
    public async Task PostAsync_WhenTheTextIsTooLong_SendsNothing()
    {
        await Should.ThrowAsync<ArgumentException>(() => PostAsync(Channel(), new string('x', GitHubReplyChannel.MaxCharacters + 1)));

        _github.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task FindAsync_AfterALostAnswer_FindsTheComment()
    {
        _github.Say("octo", "hello", 7, $"> <!-- holdfast:turn={Turn} part=1 -->");
        _github.Script.Next(GitHubOperations.CreateComment, new ScriptedAnswer.LostAnswer());
        var channel = Channel();
        await PostAsync(channel);

        var found = await channel.FindAsync(Issue, Part(1), _time.Now.AddMinutes(-1), None);

        found.ShouldBeOfType<LookupOutcome.Found>().PlatformId.ShouldEndWith($"#issuecomment-{_github.Comments[^1].Id}");
        (await channel.FindAsync(Issue, Part(2), _time.Now.AddMinutes(-1), None)).ShouldBe(new LookupOutcome.Absent());
        (await channel.FindAsync(Issue with { Number = 8 }, Part(1), _time.Now.AddMinutes(-1), None)).ShouldBe(new LookupOutcome.Absent());
    }

    [Fact]
    public async Task FindAsync_WhenTheCommentStandsBehindManyOthers_ReadsAllPages()
    {
        for (var n = 0; n < 205; n++)
        {
            _github.Say("octo", "hello", 7, "talk");
        }

        var channel = Channel();
        await PostAsync(channel);

        (await channel.FindAsync(Issue, Part(1), _time.Now.AddMinutes(-1), None)).ShouldBeOfType<LookupOutcome.Found>();
        _github.Calls.Count(call => call.Operation == GitHubOperations.ListComments).ShouldBe(3);
    }

    [Fact]
    public async Task FindAsync_WhenGitHubDoesNotTell_LeavesItOpen()
    {
        _github.Script
            .Next(GitHubOperations.ListComments, GitHubAnswers.NotFound())
            .Next(GitHubOperations.ListComments, new ScriptedAnswer.LostAnswer());
        var channel = Channel();

        (await channel.FindAsync(Issue, Part(1), _time.Now, None)).ShouldBe(new LookupOutcome.Forbidden("not_found"));
        (await channel.FindAsync(Issue, Part(1), _time.Now, None)).ShouldBe(new LookupOutcome.Later(TimeSpan.FromSeconds(5)));
    }

    private static ReplyTarget.GitHub Issue { get; } = new("octo", "hello", 7);

    private static ReplyPart Part(int number = 1, string text = "text") => new(Turn, number, text);

    private static Task<PostOutcome> PostAsync(GitHubReplyChannel channel, string text = "text") =>
        channel.PostAsync(Issue, Part(text: text), None);

    private GitHubReplyChannel Channel() => new(
        new GitHubOptions { Token = new Secret("T", "ghp_test"), ApiBaseUrl = _github.BaseUri }, _time,
        NullLogger<GitHubReplyChannel>.Instance);
}
