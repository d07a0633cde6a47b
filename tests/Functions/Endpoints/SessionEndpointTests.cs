using System.Text;
using Holdfast.Functions.Endpoints;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Holdfast.Turns.Wiring;
using Shouldly;
using Xunit;

namespace Holdfast.Functions.Tests.Endpoints;

/// <summary><c>GET /api/sessions/{key}</c>, its transcript, and <c>GET /api/health</c>.</summary>
public sealed class SessionEndpointTests : IAsyncDisposable
{
    private const string Key = "agent:main:http:one";
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly EndpointFixture _app = new();

    [Fact]
    public async Task Session_WhenATurnHoldsIt_SaysWhoAndWhatWaits()
    {
        using var claimed = await WrittenAsync();

        var session = (await StatusAsync(Key)).Json;

        session.GetProperty("sessionKey").GetString().ShouldBe(Key);
        session.GetProperty("pendingMessages").GetInt32().ShouldBe(1);
        session.GetProperty("setAside").GetInt32().ShouldBe(0);
        session.GetProperty("lease").GetString().ShouldBe("held");
        session.GetProperty("owner").GetProperty("runId").GetString().ShouldBe(claimed.Identity.Run.Value);
        session.GetProperty("transcript").GetProperty("length").GetInt64().ShouldBePositive();
        session.GetProperty("orchestration").GetProperty("runtimeStatus").GetString().ShouldBe("Pending");
    }

    [Theory]
    [InlineData("agent:main:http:never")]
    [InlineData("no-session-key")]
    public async Task Session_WhenThereIsNone_Answers404(string key)
    {
        (await StatusAsync(key)).ShouldBeProblem(404, "session");
        (await TranscriptAsync(key)).ShouldBeProblem(404, "session");
    }

    [Fact]
    public async Task Transcript_WhenItIsRead_IsTheSegmentWithItsVersion()
    {
        using var claimed = await WrittenAsync();
        var bytes = await BytesAsync(claimed);

        var whole = await TranscriptAsync(Key);
        var part = await TranscriptAsync(Key, "bytes=2-5");
        var rest = await TranscriptAsync(Key, "bytes=7-");

        (whole.Status, whole.Body).ShouldBe((200, bytes));
        whole.Headers.ContentType.ToString().ShouldBe("application/x-ndjson");
        whole.Headers.ETag.ToString().ShouldMatch("^\"[^\"]+\"$");
        whole.Headers["Holdfast-Segment"].ToString().ShouldBe("0");
        whole.Headers.ContainsKey("Holdfast-Next-Segment").ShouldBeFalse();
        (part.Status, part.Body).ShouldBe((206, bytes[2..6]));
        part.Headers.ContentRange.ToString().ShouldBe($"bytes 2-5/{bytes.Length}");
        (rest.Status, rest.Body).ShouldBe((206, bytes[7..]));
    }

    [Fact]
    public async Task Transcript_WhenASegmentIsSealed_NamesTheNext()
    {
        using var claimed = await WrittenAsync();
        var sealing = await _app.Blobs.ReadAsync(claimed.Path, 0, 0, None);
        await _app.Blobs.SealAsync(claimed.Path, sealing.ShouldNotBeNull().ETag, claimed.Lease, None);

        (await TranscriptAsync(Key, query: "?segment=0")).Headers["Holdfast-Next-Segment"].ToString().ShouldBe("1");
    }

    [Theory]
    [InlineData("bytes=-5", "", 416, "bytes={from}-")]
    [InlineData("bytes=5-2", "", 416, "bytes={from}-")]
    [InlineData("bytes=0-1,3-4", "", 416, "bytes={from}-")]
    [InlineData("lines=1-2", "", 416, "bytes={from}-")]
    [InlineData("bytes=99999-", "", 416, "has")]
    [InlineData(null, "?segment=-1", 400, "segment")]
    [InlineData(null, "?segment=first", 400, "segment")]
    [InlineData(null, "?segment=3", 404, "segment")]
    public async Task Transcript_WhenWhatIsAskedForIsNotThere_AnswersAProblem(string? range, string query, int status, string detail)
    {
        using var claimed = await WrittenAsync();

        (await TranscriptAsync(Key, range, query)).ShouldBeProblem(status, detail);
    }

    [Fact]
    public async Task Session_WhenStorageIsOutOfReach_Fails()
    {
        _app.LoseStorage();

        await Should.ThrowAsync<StorageUnavailableException>(() => StatusAsync(Key));
        await Should.ThrowAsync<StorageUnavailableException>(() => TranscriptAsync(Key));
    }

    [Fact]
    public async Task Health_WhenStorageAnswers_IsHealthy()
    {
        var answer = await HealthAsync();

        answer.Status.ShouldBe(200);
        answer.Json.GetProperty("status").GetString().ShouldBe("healthy");
    }

    [Fact]
    public async Task Health_WhenStorageIsOutOfReach_Is503AndSaysNoMore()
    {
        _app.LoseStorage();

        var answer = await HealthAsync();

        answer.Status.ShouldBe(503);
        answer.Body.ShouldBe("""{"status":"unhealthy","storage":"unavailable"}""");
    }

    [Fact]
    public async Task Health_WhenStorageIsSilent_Is503AfterSomeSeconds()
    {
        _app.SilenceStorage();
        var answer = HealthAsync();
        answer.IsCompleted.ShouldBeFalse();

        _app.Clock.Advance(TimeSpan.FromSeconds(5));

        (await answer).Status.ShouldBe(503);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>A session with a message that waits, and a run that holds it and has written a line.</summary>
    private async Task<FencedTranscript> WrittenAsync()
    {
        var request = EndpointFixture.Post("""{"text":"hello"}""");
        await _app.AnswerAsync(request, _app.Get<MessagesFunction>().RunAsync(request, Key, _app.Engine, None));
        var session = (await _app.Get<SessionDirectory>().FindAsync(SessionKey.Parse(Key), None)).ShouldNotBeNull();
        var run = RunId.First(DeliveryId.Parse("http:test").Turn);
        var claim = await _app.Get<TurnParts>().Claimer.ClaimAsync(run, session.SessionId, 0, None);
        var transcript = claim.ShouldBeOfType<ClaimOutcome.Claimed>().Transcript;
        var label = new TranscriptEntry.Custom("test", "{}") { Id = EntryId.Parse("e1"), WrittenAt = _app.Clock.GetUtcNow() };
        await transcript.AppendAsync([label], None);
        return transcript;
    }

    private async Task<string> BytesAsync(FencedTranscript transcript) =>
        Encoding.UTF8.GetString((await _app.Blobs.ReadAsync(transcript.Path, 0, null, None)).ShouldNotBeNull().Content.Span);

    private Task<Answer> StatusAsync(string key)
    {
        var request = EndpointFixture.Get();
        return _app.AnswerAsync(request, _app.Get<SessionFunction>().StatusAsync(request, key, _app.Engine, None));
    }

    private Task<Answer> TranscriptAsync(string key, string? range = null, string query = "")
    {
        var request = EndpointFixture.Get(query, range);
        return _app.AnswerAsync(request, _app.Get<TranscriptFunction>().TranscriptAsync(request, key, None));
    }

    private Task<Answer> HealthAsync()
    {
        var request = EndpointFixture.Get();
        return _app.AnswerAsync(request, _app.Get<HealthFunction>().RunAsync(request, None));
    }
}
