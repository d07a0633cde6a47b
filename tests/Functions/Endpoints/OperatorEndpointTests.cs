using Holdfast.Functions.Endpoints;
using Holdfast.Functions.Operators;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Turns.Wiring;
using Shouldly;
using Xunit;

namespace Holdfast.Functions.Tests.Endpoints;

/// <summary><c>POST /api/sessions/{key}/reset</c> and <c>…/lease/break</c>.</summary>
public sealed class OperatorEndpointTests : IAsyncDisposable
{
    private const string Key = "agent:main:http:one";
    private const string By = """{"by":"anna"}""";
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly EndpointFixture _app = new();

    [Fact]
    public async Task LeaseBreak_WhenARunHoldsTheSession_NamesItAndSignals()
    {
        using var held = await HeldAsync();
        var before = _app.Signals;

        var answer = (await BreakAsync(Key, By)).Json;

        answer.GetProperty("broken").GetBoolean().ShouldBeTrue();
        answer.GetProperty("by").GetString().ShouldBe("anna");
        answer.GetProperty("owner").GetProperty("runId").GetString().ShouldBe(held.Identity.Run.Value);
        _app.Signals.ShouldBe(before + 1);
        (await _app.Blobs.ReadAsync(held.Path, 0, 0, None)).ShouldNotBeNull().IsLeased.ShouldBeFalse();
    }

    [Fact]
    public async Task LeaseBreak_WhenNobodyHoldsTheSession_BreaksNothing()
    {
        await AcceptedAsync();

        var answer = await BreakAsync(Key, By);

        answer.Status.ShouldBe(200);
        answer.Json.GetProperty("broken").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("no-session-key", By, 400, "session key")]
    [InlineData("agent:main:http:never", By, 404, "session")]
    [InlineData(Key, "", 400, "by")]
    [InlineData(Key, "by=anna", 400, "by")]
    [InlineData(Key, "{}", 400, "by")]
    [InlineData(Key, """{"by":" "}""", 400, "by")]
    [InlineData(Key, """{"by":"a\u0007"}""", 400, "by")]
    [InlineData(Key, """{"by":"anna","force":true}""", 400, "by")]
    public async Task LeaseBreak_WhenARequestIsNotOne_AnswersAProblemAndBreaksNothing(string key, string body, int status, string detail)
    {
        using var held = await HeldAsync();

        (await BreakAsync(key, body)).ShouldBeProblem(status, detail);

        (await _app.Blobs.ReadAsync(held.Path, 0, 0, None)).ShouldNotBeNull().IsLeased.ShouldBeTrue();
    }

    [Theory]
    [InlineData(129, 400, "128")]
    [InlineData(5000, 413, "bytes")]
    public async Task LeaseBreak_WhenTheNameIsTooLong_AnswersAProblem(int length, int status, string detail) =>
        (await BreakAsync(Key, $$"""{"by":"{{new string('a', length)}}"}""")).ShouldBeProblem(status, detail);

    [Fact]
    public async Task Reset_WhenNobodyHoldsTheSession_GivesTheKeyANewOne()
    {
        var before = await AcceptedAsync();

        var answer = (await ResetAsync(Key)).Json;

        answer.GetProperty("endedSessionId").GetString().ShouldBe(before.SessionId.Value);
        answer.GetProperty("sessionId").GetString().ShouldNotBe(before.SessionId.Value);
        answer.GetProperty("lifecycleRevision").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Reset_WhenARunHoldsTheSession_GivesWayUnlessForced()
    {
        using var held = await HeldAsync();

        (await OverTimeAsync(ResetAsync(Key))).ShouldBeProblem(409, held.Identity.Run.Value);
        var forced = await OverTimeAsync(ResetAsync(Key, "?force=true"));

        forced.Json.GetProperty("lifecycleRevision").GetInt32().ShouldBe(2);
    }

    [Theory]
    [InlineData("no-session-key", "", 400, "session key")]
    [InlineData("agent:main:http:never", "", 404, "session")]
    [InlineData(Key, "?force=perhaps", 400, "force")]
    public async Task Reset_WhenARequestIsNotOne_AnswersAProblemAndResetsNothing(string key, string query, int status, string detail)
    {
        await AcceptedAsync();

        (await ResetAsync(key, query)).ShouldBeProblem(status, detail);

        (await AcceptedAsync()).LifecycleRevision.ShouldBe(1);
    }

    [Fact]
    public async Task Operators_WhenStorageIsOutOfReach_Fail()
    {
        _app.LoseStorage();

        await Should.ThrowAsync<StorageUnavailableException>(() => BreakAsync(Key, By));
        await Should.ThrowAsync<StorageUnavailableException>(() => ResetAsync(Key));

        _app.Signals.ShouldBe(0);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Lets time pass as long as it is waited for.</summary>
    private async Task<Answer> OverTimeAsync(Task<Answer> answer)
    {
        while (await Task.WhenAny(answer, _app.Clock.WaitForTimersAsync(1)) != answer)
        {
            _app.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        return await answer;
    }

    private async Task<SessionRecord> AcceptedAsync()
    {
        var request = EndpointFixture.Post("""{"text":"hello"}""", ("Idempotency-Key", "once"));
        await _app.AnswerAsync(request, _app.Get<MessagesFunction>().RunAsync(request, Key, _app.Engine, None));
        return (await _app.Get<SessionDirectory>().FindAsync(SessionKey.Parse(Key), None)).ShouldNotBeNull();
    }

    private async Task<FencedTranscript> HeldAsync()
    {
        var session = (await AcceptedAsync()).SessionId;
        var run = RunId.First(DeliveryId.Parse("http:test").Turn);
        return (await _app.Get<TurnParts>().Claimer.ClaimAsync(run, session, 0, None)).ShouldBeOfType<ClaimOutcome.Claimed>().Transcript;
    }

    private Task<Answer> BreakAsync(string key, string body)
    {
        var request = EndpointFixture.Post(body);
        return _app.AnswerAsync(request, _app.Get<LeaseBreakFunction>().RunAsync(request, key, _app.Engine, None));
    }

    private Task<Answer> ResetAsync(string key, string query = "")
    {
        var request = EndpointFixture.Get(query);
        return _app.AnswerAsync(request, _app.Get<ResetFunction>().RunAsync(request, key, None));
    }
}
