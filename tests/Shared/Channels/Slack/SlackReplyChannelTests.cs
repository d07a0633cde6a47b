using Holdfast.Channels;
using Holdfast.Channels.Slack;
using Holdfast.Peers.Scripting;
using Holdfast.Peers.Slack;
using Holdfast.Tests.Channels.GitHub;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.Slack;

public sealed class SlackClientTests : IAsyncLifetime
{
    private const string Method = "chat.postMessage";
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly HttpClient _http = new();
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow.AddMinutes(-1);
    private ScriptedSlack _slack = null!;

    public async ValueTask InitializeAsync() => _slack = await ScriptedSlack.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _slack.DisposeAsync();
    }

    [Fact]
    public async Task PostMessageAsync_WhenAccepted_StandsExactlyAsSentInItsThread()
    {
        const string text = "**grüße** 👋 \"a\" & <b> \\ \u2028\n```\ncode\n```";
        var parent = _slack.Say("C1", "question");

        var outcome = await Client().PostMessageAsync(new SlackPost("C1", parent.Ts, text, "t1", 2), None);

        var message = _slack.Messages[1];
        outcome.ShouldBe(new SlackPostOutcome.Posted(message.Ts));
        (message.Text, message.ThreadTs).ShouldBe((text, parent.Ts));
        message.Metadata.ShouldNotBeNull()["event_type"]!.ToString().ShouldBe("holdfast_reply");
        var call = _slack.Calls.ShouldHaveSingleItem();
        call.HasAuthorization.ShouldBeTrue();
        call.Arguments.ContainsKey("markdown_text").ShouldBeTrue();
        call.Arguments.ContainsKey("text").ShouldBeFalse();
    }

    [Fact]
    public async Task PostMessageAsync_WhenRateLimited_ReportsThePauseAndPostsNothing()
    {
        _slack.Script.Next(Method, SlackAnswers.RateLimited(7)).Next(Method, SlackAnswers.Error("ratelimited"));

        (await Client().PostMessageAsync(Post(), None)).ShouldBe(new SlackPostOutcome.RateLimited(TimeSpan.FromSeconds(7)));
        (await Client().PostMessageAsync(Post(), None)).ShouldBe(new SlackPostOutcome.RateLimited(TimeSpan.FromSeconds(30)));
        _slack.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task PostMessageAsync_WhenRefused_GivesSlacksCode()
    {
        _slack.Script.Next(Method, SlackAnswers.Error("is_archived")).Next(Method, new ScriptedAnswer.Refused(403, "no"));

        (await Client().PostMessageAsync(Post(), None)).ShouldBe(new SlackPostOutcome.Rejected("is_archived"));
        (await Client().PostMessageAsync(Post(), None)).ShouldBe(new SlackPostOutcome.Rejected("http_403"));
    }

    public static TheoryData<ScriptedAnswer> AnswersThatTellNothing() =>
    [
        new ScriptedAnswer.LostAnswer(),
        new ScriptedAnswer.LostRequest(),
        SlackAnswers.Unavailable(),
        SlackAnswers.Error("internal_error"),
        SlackAnswers.Error("fatal_error"),
        new ScriptedAnswer.Refused(200, "no JSON"),
        new ScriptedAnswer.Refused(200, "{\"ok\":true}"),
    ];

    [Theory]
    [MemberData(nameof(AnswersThatTellNothing))]
    public async Task PostMessageAsync_WhenTheAnswerTellsNothing_IsAmbiguousAndSentOnce(ScriptedAnswer answer)
    {
        _slack.Script.Next(Method, answer);

        (await Client().PostMessageAsync(Post(), None)).ShouldBe(new SlackPostOutcome.Ambiguous());

        _slack.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task PostMessageAsync_WhenTheAnswerTakesTooLong_IsAmbiguous()
    {
        var (gate, time) = (new TaskCompletionSource(), new SettableTime());
        _slack.Script.Next(Method, new ScriptedAnswer.Held(gate.Task));

        var post = Client(time).PostMessageAsync(Post(), None);
        await SettableTime.UntilAsync(() => _slack.Messages.Count == 1);
        time.RunOutTimers();

        (await post).ShouldBe(new SlackPostOutcome.Ambiguous());
    }

    [Fact]
    public async Task PostMessageAsync_WhenNobodyListens_IsAmbiguous()
    {
        await _slack.DisposeAsync();

        (await Client().PostMessageAsync(Post(), None)).ShouldBe(new SlackPostOutcome.Ambiguous());
    }

    [Fact]
    public async Task PostMessageAsync_WhenTheCallerCancels_Throws()
    {
        var gate = new TaskCompletionSource();
        _slack.Script.Next(Method, new ScriptedAnswer.Held(gate.Task));
        using var cancelled = new CancellationTokenSource();

        var post = Client().PostMessageAsync(Post(), cancelled.Token);
        await SettableTime.UntilAsync(() => _slack.Messages.Count == 1);
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => post);
    }

    [Fact]
    public async Task PostMessageAsync_WhenTheTextIsTooLong_SendsNothing()
    {
        await Should.ThrowAsync<ArgumentException>(() => Client().PostMessageAsync(Post() with { Markdown = new string('x', 12_001) }, None));

        _slack.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FindPostedAsync_AfterALostAnswer_FindsThePost(bool inThread)
    {
        var thread = inThread ? _slack.Say("C1", "question").Ts : null;
        _slack.Script.Next(Method, new ScriptedAnswer.LostAnswer());
        await Client().PostMessageAsync(Post() with { ThreadTs = thread }, None);

        var found = await Client().FindPostedAsync("C1", thread, "t1", 1, _start, None);

        found.ShouldBe(new SlackLookupOutcome.Found(_slack.Messages[^1].Ts));
        (await Client().FindPostedAsync("C1", thread, "t1", 2, _start, None)).ShouldBe(new SlackLookupOutcome.Absent());
        (await Client().FindPostedAsync("C1", thread, "t2", 1, _start, None)).ShouldBe(new SlackLookupOutcome.Absent());
    }

    [Fact]
    public async Task FindPostedAsync_WhenThePostStandsBehindManyOthers_ReadsPageByPage()
    {
        var thread = _slack.Say("C1", "question").Ts;
        for (var n = 0; n < 450; n++)
        {
            _slack.Say("C1", "talk", thread);
        }

        await Client().PostMessageAsync(Post() with { ThreadTs = thread }, None);

        (await Client().FindPostedAsync("C1", thread, "t1", 1, _start, None)).ShouldBeOfType<SlackLookupOutcome.Found>();
        _slack.Calls.Count(call => call.Method == "conversations.replies").ShouldBe(3);
    }

    [Fact]
    public async Task FindPostedAsync_WhenSlackDoesNotTell_LeavesItOpen()
    {
        _slack.Script
            .Next("conversations.history", SlackAnswers.Error("missing_scope"))
            .Next("conversations.history", SlackAnswers.RateLimited(3))
            .Next("conversations.history", SlackAnswers.Unavailable());

        (await Client().FindPostedAsync("C1", null, "t1", 1, _start, None)).ShouldBe(new SlackLookupOutcome.Rejected("missing_scope"));
        (await Client().FindPostedAsync("C1", null, "t1", 1, _start, None)).ShouldBe(new SlackLookupOutcome.RateLimited(TimeSpan.FromSeconds(3)));
        (await Client().FindPostedAsync("C1", null, "t1", 1, _start, None)).ShouldBe(new SlackLookupOutcome.Unknown());
    }

    private static SlackPost Post() => new("C1", null, "text", "t1", 1);

    private SlackClient Client(TimeProvider? time = null) => new(
        _http,
        new SlackOptions { Agent = "main", BotToken = new Secret("T", "xoxb-test"), SigningSecrets = [], ApiBaseUrl = _slack.ApiUri },
        time ?? TimeProvider.System,
        NullLogger<SlackClient>.Instance);
}
