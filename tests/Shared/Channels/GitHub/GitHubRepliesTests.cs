using Holdfast.Channels;
using Holdfast.Channels.GitHub;
using Holdfast.Peers.GitHub;
using Holdfast.Peers.Scripting;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.GitHub;

public sealed class GitHubRepliesTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly SettableTime _time = new();
    private ScriptedGitHub _github = null!;

    public async ValueTask InitializeAsync() => _github = await ScriptedGitHub.StartAsync(new ScriptedGitHubOptions { Time = _time });

    public ValueTask DisposeAsync() => _github.DisposeAsync();

    [Fact]
    public async Task PostCommentAsync_WhenAccepted_StandsExactlyAsSentWithItsMarker()
    {
        const string text = "**grüße** 👋 \"a\" & <b> \\ \u2028\n```\ncode\n```";

        var outcome = await PostAsync(Replies(), text);

        var comment = _github.Comments.ShouldHaveSingleItem();
        comment.Body.ShouldBe(text + "\n\n<!-- holdfast:turn=t1 part=1 -->");
        outcome.ShouldBeOfType<GitHubPostOutcome.Posted>().Id.ShouldBe(comment.Id);
        ((GitHubPostOutcome.Posted)outcome).Url.ShouldEndWith($"#issuecomment-{comment.Id}");
    }

    [Fact]
    public async Task PostCommentAsync_WhenThePartIsAsLongAsSplitGivesIt_IsAccepted()
    {
        var part = GitHubTextSplitter.Split(new string('x', 100_000))[0];

        (await PostAsync(Replies(), part)).ShouldBeOfType<GitHubPostOutcome.Posted>();

        part.Length.ShouldBe(GitHubTextSplitter.MaxCharacters);
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
    public async Task PostCommentAsync_WhenRefused_SaysWhyAndSendsOnce(ScriptedAnswer answer, string reason)
    {
        _github.Script.Next(GitHubOperations.CreateComment, answer);

        (await PostAsync(Replies())).ShouldBe(new GitHubPostOutcome.Rejected(reason));

        _github.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task PostCommentAsync_WhenRateLimited_ReportsThePause()
    {
        _github.Script
            .Next(GitHubOperations.CreateComment, GitHubAnswers.RateLimited(_time.Now.AddMinutes(12)))
            .Next(GitHubOperations.CreateComment, GitHubAnswers.SecondaryRateLimited(403, 17))
            .Next(GitHubOperations.CreateComment, GitHubAnswers.SecondaryRateLimited(429, 18))
            .Next(GitHubOperations.CreateComment, GitHubAnswers.SecondaryRateLimited(403, null));
        var replies = Replies();

        (await PostAsync(replies)).ShouldBe(new GitHubPostOutcome.RateLimited(TimeSpan.FromMinutes(12)));
        (await PostAsync(replies)).ShouldBe(new GitHubPostOutcome.RateLimited(TimeSpan.FromSeconds(17)));
        (await PostAsync(replies)).ShouldBe(new GitHubPostOutcome.RateLimited(TimeSpan.FromSeconds(18)));
        (await PostAsync(replies)).ShouldBe(new GitHubPostOutcome.RateLimited(TimeSpan.FromMinutes(1)));
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
    public async Task PostCommentAsync_WhenTheAnswerTellsNothing_IsAmbiguousAndSentOnce(ScriptedAnswer answer)
    {
        _github.Script.Next(GitHubOperations.CreateComment, answer);

        (await PostAsync(Replies())).ShouldBe(new GitHubPostOutcome.Ambiguous());

        _github.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task PostCommentAsync_WhenTheAnswerTakesTooLong_IsAmbiguous()
    {
        var gate = new TaskCompletionSource();
        _github.Script.Next(GitHubOperations.CreateComment, new ScriptedAnswer.Held(gate.Task));

        var post = PostAsync(Replies());
        await SettableTime.UntilAsync(() => _github.Comments.Count == 1);
        _time.RunOutTimers();

        (await post).ShouldBe(new GitHubPostOutcome.Ambiguous());
    }

    [Fact]
    public async Task PostCommentAsync_WhenTheCallerCancels_Throws()
    {
        var gate = new TaskCompletionSource();
        _github.Script.Next(GitHubOperations.CreateComment, new ScriptedAnswer.Held(gate.Task));
        using var cancelled = new CancellationTokenSource();

        var post = Replies().PostCommentAsync("octo", "hello", 7, "text", "t1", 1, cancelled.Token);
        await SettableTime.UntilAsync(() => _github.Comments.Count == 1);
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => post);
    }

    [Fact]
    public async Task PostCommentAsync_WhenTheRepositoryWasRenamed_PostsWhereItIsNow()
    {
        var now = new Uri(_github.BaseUri, "api/v3/repos/octo/renamed/issues/7/comments").ToString();
        _github.Script.Next(GitHubOperations.CreateComment, new ScriptedAnswer.Refused(307, "{}", [("Location", now)]));

        (await PostAsync(Replies())).ShouldBeOfType<GitHubPostOutcome.Posted>().Id.ShouldBe(_github.Comments.ShouldHaveSingleItem().Id);

        _github.Calls.Select(call => (call.Path, call.AuthorizationScheme)).ShouldBe(
            [("/repos/octo/hello/issues/7/comments", "token"), ("/repos/octo/renamed/issues/7/comments", "token")]);
    }

    [Fact]
    public async Task PostCommentAsync_WhenTheTextIsTooLong_SendsNothing()
    {
        await Should.ThrowAsync<ArgumentException>(() => PostAsync(Replies(), new string('x', GitHubTextSplitter.MaxCharacters + 1)));

        _github.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task FindPostedAsync_AfterALostAnswer_FindsTheComment()
    {
        _github.Say("octo", "hello", 7, "> <!-- holdfast:turn=t1 part=1 -->");
        _github.Script.Next(GitHubOperations.CreateComment, new ScriptedAnswer.LostAnswer());
        var replies = Replies();
        await PostAsync(replies);

        var found = await replies.FindPostedAsync("octo", "hello", 7, "t1", 1, _time.Now.AddMinutes(-1), None);

        found.ShouldBeOfType<GitHubLookupOutcome.Found>().Id.ShouldBe(_github.Comments[^1].Id);
        (await replies.FindPostedAsync("octo", "hello", 7, "t1", 2, _time.Now.AddMinutes(-1), None)).ShouldBe(new GitHubLookupOutcome.Absent());
        (await replies.FindPostedAsync("octo", "hello", 8, "t1", 1, _time.Now.AddMinutes(-1), None)).ShouldBe(new GitHubLookupOutcome.Absent());
    }

    [Fact]
    public async Task FindPostedAsync_WhenTheCommentStandsBehindManyOthers_ReadsAllPages()
    {
        for (var n = 0; n < 205; n++)
        {
            _github.Say("octo", "hello", 7, "talk");
        }

        var replies = Replies();
        await PostAsync(replies);

        (await replies.FindPostedAsync("octo", "hello", 7, "t1", 1, _time.Now.AddMinutes(-1), None)).ShouldBeOfType<GitHubLookupOutcome.Found>();
        _github.Calls.Count(call => call.Operation == GitHubOperations.ListComments).ShouldBe(3);
    }

    [Fact]
    public async Task FindPostedAsync_WhenGitHubDoesNotTell_LeavesItOpen()
    {
        _github.Script
            .Next(GitHubOperations.ListComments, GitHubAnswers.NotFound())
            .Next(GitHubOperations.ListComments, new ScriptedAnswer.LostAnswer());
        var replies = Replies();

        (await replies.FindPostedAsync("octo", "hello", 7, "t1", 1, _time.Now, None)).ShouldBe(new GitHubLookupOutcome.Rejected("not_found"));
        (await replies.FindPostedAsync("octo", "hello", 7, "t1", 1, _time.Now, None)).ShouldBe(new GitHubLookupOutcome.Unknown());
    }

    private static Task<GitHubPostOutcome> PostAsync(GitHubReplies replies, string text = "text") =>
        replies.PostCommentAsync("octo", "hello", 7, text, "t1", 1, None);

    private GitHubReplies Replies() => new(
        new GitHubOptions { Token = new Secret("T", "ghp_test"), ApiBaseUrl = _github.BaseUri }, _time, NullLogger<GitHubReplies>.Instance);
}
