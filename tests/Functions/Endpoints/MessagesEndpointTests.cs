using System.Text.Json;
using Holdfast.Functions.Endpoints;
using Holdfast.Sessions;
using Holdfast.Storage;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Holdfast.Functions.Tests.Endpoints;

/// <summary><c>POST /api/sessions/{key}/messages</c>: a 202 is durable and signalled; anything else leaves nothing behind.</summary>
public sealed class MessagesEndpointTests : IAsyncDisposable
{
    private const string Key = "agent:main:http:one";

    private readonly EndpointFixture _app = new();

    [Fact]
    public async Task Messages_WhenOneIsPosted_IsInTheInboxAndSignalledWithTheLinksOfItsTurn()
    {
        var answer = await PostAsync("""{"text":"hello"}""");

        answer.Status.ShouldBe(202);
        (await _app.PendingAsync(Key)).ShouldHaveSingleItem().Text.ShouldBe("hello");
        _app.Signals.ShouldBe(1);
        var links = answer.Json;
        links.GetProperty("SessionKey").GetString().ShouldBe(Key);
        links.GetProperty("TurnId").GetString().ShouldNotBeNullOrEmpty();
        links.GetProperty("StatusQueryGetUri").GetString().ShouldBe(answer.Headers.Location.ToString());
        answer.Headers.Location.ToString().ShouldStartWith("https://app.example/runtime/webhooks/durabletask/instances/");
    }

    [Fact]
    public async Task Messages_WhenTheSameIdempotencyKeyComesAgain_IsOneMessage()
    {
        var first = await PostAsync("""{"text":"hello"}""", ("Idempotency-Key", "k1"));
        var again = await PostAsync("""{"text":"hello"}""", ("Idempotency-Key", "k1"));
        var other = await PostAsync("""{"text":"another"}""", ("Idempotency-Key", "k1"));

        again.Status.ShouldBe(202);
        again.Json.GetProperty("TurnId").GetString().ShouldBe(first.Json.GetProperty("TurnId").GetString());
        other.ShouldBeProblem(409, "Idempotency-Key");
        (await _app.PendingAsync(Key)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("no-session-key", """{"text":"hello"}""", 400, "session key")]
    [InlineData("agent:main:http:a\n", """{"text":"hello"}""", 400, "session key")]
    [InlineData("agent:nobody:http:one", """{"text":"hello"}""", 404, "agent")]
    [InlineData(Key, "", 400, "JSON")]
    [InlineData(Key, """{"text":""", 400, "JSON")]
    [InlineData(Key, "\"text\"", 400, "JSON")]
    [InlineData(Key, "text=hello", 400, "JSON")]
    [InlineData(Key, """{"text":1}""", 400, "JSON")]
    [InlineData(Key, """{"text":"hello","agent":"other"}""", 400, "JSON")]
    [InlineData(Key, "{}", 400, "text")]
    [InlineData(Key, """{"text":"  "}""", 400, "text")]
    public async Task Messages_WhenARequestIsNotOne_AnswersAProblemAndLeavesNothing(string key, string body, int status, string detail)
    {
        var answer = await PostAsync(EndpointFixture.Post(body), key);

        answer.ShouldBeProblem(status, detail);
        await ShouldBeUntouchedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_WhenTheBodyIsTooLarge_IsNotReadToItsEnd(bool isLengthKnown)
    {
        var request = EndpointFixture.Post(JsonSerializer.Serialize(new { text = new string('x', 64 * EndpointFixture.MaxMessageBytes) }));
        request.ContentLength = isLengthKnown ? request.ContentLength : null;

        (await PostAsync(request, Key)).ShouldBeProblem(413, "bytes");

        request.Body.Position.ShouldBeLessThan(request.Body.Length);
        await ShouldBeUntouchedAsync();
    }

    [Fact]
    public async Task Messages_WhenTheTextIsTooLong_SaysHowLongItMayBe()
    {
        var text = new string('ä', (EndpointFixture.MaxMessageBytes / 2) + 1);

        (await PostAsync(JsonSerializer.Serialize(new { text }))).ShouldBeProblem(413, "1024");

        await ShouldBeUntouchedAsync();
    }

    [Theory]
    [InlineData("a\tb")]
    [InlineData(null)]
    public async Task Messages_WhenTheIdempotencyKeyIsNone_AnswersAProblem(string? given)
    {
        var answer = await PostAsync("""{"text":"hello"}""", ("Idempotency-Key", given ?? new string('k', 129)));

        answer.ShouldBeProblem(400, "Idempotency-Key");

        await ShouldBeUntouchedAsync();
    }

    [Fact]
    public async Task Messages_WhenStorageIsOutOfReach_FailsAndSignalsNobody()
    {
        _app.LoseStorage();

        await Should.ThrowAsync<StorageUnavailableException>(() => PostAsync("""{"text":"hello"}"""));

        _app.Signals.ShouldBe(0);
    }

    [Fact]
    public async Task Messages_WhenTheEngineIsOutOfReach_IsAcceptedAllTheSame()
    {
        _app.Engine.BeforeEvent = () => throw new InvalidOperationException("The engine does not answer.");
        _app.Engine.BeforeStart = _app.Engine.BeforeEvent;

        (await PostAsync("""{"text":"hello"}""")).Status.ShouldBe(202);

        (await _app.PendingAsync(Key)).ShouldHaveSingleItem();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<Answer> PostAsync(string body, params (string Name, string Value)[] headers) =>
        PostAsync(EndpointFixture.Post(body, headers), Key);

    private Task<Answer> PostAsync(HttpRequest request, string key) =>
        _app.AnswerAsync(request, _app.Get<MessagesFunction>().RunAsync(request, key, _app.Engine, CancellationToken.None));

    private async Task ShouldBeUntouchedAsync()
    {
        _app.Signals.ShouldBe(0);
        (await _app.PendingAsync(Key)).ShouldBeEmpty();
        (await _app.Get<SessionDirectory>().FindAsync(SessionKey.Parse(Key), CancellationToken.None)).ShouldBeNull();
    }
}
