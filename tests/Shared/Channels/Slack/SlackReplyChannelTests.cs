using Holdfast.Channels;
using Holdfast.Channels.Slack;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Peers.Scripting;
using Holdfast.Peers.Slack;
using Holdfast.Tests.Channels.GitHub;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.Slack;

public sealed class SlackReplyChannelTests : IAsyncLifetime
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
    public async Task PostAsync_WhenAccepted_StandsExactlyAsSentInItsThread()
    {
        const string text = "**grüße** 👋 \"a\" & <b> \\ \u2028\n```\ncode\n```";
        var parent = _slack.Say("C1", "question");

        var outcome = await Channel().PostAsync(In(parent.Ts), Part(2, text), None);

        var message = _slack.Messages[1];
        outcome.ShouldBe(new PostOutcome.Posted(message.Ts));
        (message.Text, message.ThreadTs).ShouldBe((text, parent.Ts));
        message.Metadata.ShouldNotBeNull()["event_type"]!.ToString().ShouldBe("holdfast_reply");
        var call = _slack.Calls.ShouldHaveSingleItem();
        call.HasAuthorization.ShouldBeTrue();
        call.Arguments.ContainsKey("markdown_text").ShouldBeTrue();
        call.Arguments.ContainsKey("text").ShouldBeFalse();
    }

    [Fact]
    public async Task PostAsync_WhenRateLimited_ReportsThePauseAndPostsNothing()
    {
        _slack.Script.Next(Method, SlackAnswers.RateLimited(7)).Next(Method, SlackAnswers.Error("ratelimited"));

        (await Channel().PostAsync(In(null), Part(), None)).ShouldBe(new PostOutcome.RateLimited(TimeSpan.FromSeconds(7)));
        (await Channel().PostAsync(In(null), Part(), None)).ShouldBe(new PostOutcome.RateLimited(TimeSpan.FromSeconds(30)));
        _slack.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task PostAsync_WhenRefused_GivesSlacksCode()
    {
        _slack.Script.Next(Method, SlackAnswers.Error("is_archived")).Next(Method, new ScriptedAnswer.Refused(403, "no"));

        (await Channel().PostAsync(In(null), Part(), None)).ShouldBe(new PostOutcome.Refused("is_archived"));
        (await Channel().PostAsync(In(null), Part(), None)).ShouldBe(new PostOutcome.Refused("http_403"));
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
    public async Task PostAsync_WhenTheAnswerTellsNothing_IsAmbiguousAndSentOnce(ScriptedAnswer answer)
    {
        _slack.Script.Next(Method, answer);

        (await Channel().PostAsync(In(null), Part(), None)).ShouldBe(new PostOutcome.Ambiguous());

        _slack.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task PostAsync_WhenTheAnswerTakesTooLong_IsAmbiguous()
    {
        var (gate, time) = (new TaskCompletionSource(), new SettableTime());
        _slack.Script.Next(Method, new ScriptedAnswer.Held(gate.Task));

        var post = Channel(time).PostAsync(In(null), Part(), None);
        await SettableTime.UntilAsync(() => _slack.Messages.Count == 1);
        time.RunOutTimers();

        (await post).ShouldBe(new PostOutcome.Ambiguous());
    }

    [Fact]
    public async Task PostAsync_WhenNobodyListens_IsAmbiguous()
    {
        await _slack.DisposeAsync();

        (await Channel().PostAsync(In(null), Part(), None)).ShouldBe(new PostOutcome.Ambiguous());
    }

    [Fact]
    public async Task PostAsync_WhenTheCallerCancels_Throws()
    {
        var gate = new TaskCompletionSource();
        _slack.Script.Next(Method, new ScriptedAnswer.Held(gate.Task));
        using var cancelled = new CancellationTokenSource();

        var post = Channel().PostAsync(In(null), Part(), cancelled.Token);
        await SettableTime.UntilAsync(() => _slack.Messages.Count == 1);
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => post);
    }

    [Fact]
    public async Task PostAsync_WhenTheTextIsTooLong_SendsNothing()
    {
        await Should.ThrowAsync<ArgumentException>(() => Channel().PostAsync(In(null), Part(text: new string('x', 12_001)), None));

        _slack.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FindAsync_AfterALostAnswer_FindsThePost(bool inThread)
    {
        var thread = inThread ? _slack.Say("C1", "question").Ts : null;
        _slack.Script.Next(Method, new ScriptedAnswer.LostAnswer());
        await Channel().PostAsync(In(thread), Part(), None);

        var found = await Channel().FindAsync(In(thread), Part(), _start, None);

        found.ShouldBe(new LookupOutcome.Found(_slack.Messages[^1].Ts));
        (await Channel().FindAsync(In(thread), Part(2), _start, None)).ShouldBe(new LookupOutcome.Absent());
        (await Channel().FindAsync(In(thread), Part() with { TurnId = DeliveryId.Parse("t2").Turn }, _start, None))
            .ShouldBe(new LookupOutcome.Absent());
    }

    [Fact]
    public async Task FindAsync_WhenThePostStandsBehindManyOthers_ReadsPageByPage()
    {
        var thread = _slack.Say("C1", "question").Ts;
        for (var n = 0; n < 450; n++)
        {
            _slack.Say("C1", "talk", thread);
        }

        await Channel().PostAsync(In(thread), Part(), None);

        (await Channel().FindAsync(In(thread), Part(), _start, None)).ShouldBeOfType<LookupOutcome.Found>();
        _slack.Calls.Count(call => call.Method == "conversations.replies").ShouldBe(3);
    }

    [Fact]
    public async Task FindAsync_WhenSlackDoesNotTell_LeavesItOpen()
    {
        _slack.Script
            .Next("conversations.history", SlackAnswers.Error("missing_scope"))
            .Next("conversations.history", SlackAnswers.RateLimited(3))
            .Next("conversations.history", SlackAnswers.Unavailable());

        (await Channel().FindAsync(In(null), Part(), _start, None)).ShouldBe(new LookupOutcome.Forbidden("missing_scope"));
        (await Channel().FindAsync(In(null), Part(), _start, None)).ShouldBe(new LookupOutcome.Later(TimeSpan.FromSeconds(3)));
        (await Channel().FindAsync(In(null), Part(), _start, None)).ShouldBe(new LookupOutcome.Later(TimeSpan.FromSeconds(2)));
    }

    private static ReplyTarget.Slack In(string? thread) => new("C1", thread);

    private static ReplyPart Part(int number = 1, string text = "text") => new(DeliveryId.Parse("t1").Turn, number, text);

    private SlackReplyChannel Channel(TimeProvider? time = null) => new(
        _http,
        new SlackOptions { Agent = "main", BotToken = new Secret("T", "xoxb-test"), SigningSecrets = [], ApiBaseUrl = _slack.ApiUri },
        time ?? TimeProvider.System,
        NullLogger<SlackReplyChannel>.Instance);
}
