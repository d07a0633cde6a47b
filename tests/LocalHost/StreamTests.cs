using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Shouldly;
using Xunit;

namespace Holdfast.LocalHost.Tests;

/// <summary>Requests and answers that flow: each part arrives while the other end is still open, and an end is passed on.</summary>
public sealed class StreamTests(ServedFixture fixture) : IClassFixture<ServedFixture>
{
    private readonly ServedApp _app = fixture.App;

    [Fact]
    public async Task Answer_WhileItIsWritten_ArrivesPartByPart()
    {
        using var answer = await StreamAsync("parts");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());

        (await lines.ReadLineAsync()).ShouldBe("data: 1");
        await lines.ReadLineAsync();
        var next = lines.ReadLineAsync();
        next.IsCompleted.ShouldBeFalse();
        _app.Open("parts-2");

        (await next.WaitAsync(ServedApp.Soon)).ShouldBe("data: 2");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
    }

    [Fact]
    public async Task Caller_WhenHeLeaves_CancelsInvocationAndRequest()
    {
        using var leaving = new CancellationTokenSource();
        using var answer = await StreamAsync("left");
        var reading = (await answer.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null, leaving.Token);
        _app.Trail("left").ShouldBeEmpty();

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(reading);
        await _app.TrailedAsync("left", trail => trail.Order().SequenceEqual(["aborted", "cancelled", "ended"]));
    }

    [Fact]
    public async Task Body_WhileItIsSent_ReachesTheFunctionPartByPart()
    {
        const int PartBytes = 1024 * 1024;
        var pipe = new Pipe();
        var sending = _app.Http.PostAsync("api/upload/sent", new StreamContent(pipe.Reader.AsStream()));
        await pipe.Writer.WriteAsync(new byte[PartBytes]);
        // The senders on the way keep a few kilobytes each until more comes.
        await _app.TrailedAsync("sent", trail => Received(trail) > PartBytes / 2);
        sending.IsCompleted.ShouldBeFalse();

        await pipe.Writer.WriteAsync(new byte[PartBytes]);
        await _app.TrailedAsync("sent", trail => Received(trail) > PartBytes * 3 / 2);
        await pipe.Writer.CompleteAsync();

        (await (await sending).Content.ReadAsStringAsync()).ShouldBe($"{2 * PartBytes}");
    }

    [Fact]
    public async Task Function_WhenItThrows_Answers500AndSaysNothingOfTheFault()
    {
        var (status, body) = await _app.SendAsync(HttpMethod.Get, "api/throw");

        status.ShouldBe(500);
        body.ShouldNotContain("thrown on purpose");
        _app.Host.Lines.ShouldContain(line => line.Contains("thrown on purpose", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Function_SeesTheNameAndTheSchemeThatTheCallerUsed()
    {
        var authority = _app.Http.BaseAddress!.Authority;

        (await _app.SendAsync(HttpMethod.Get, "api/ping")).Body.ShouldBe($"pong http://{authority}");
        (await _app.SendAsync(HttpMethod.Get, "api/ping", headers: ("X-Forwarded-Proto", "https"))).Body.ShouldBe(
            $"pong https://{authority}");
        (await _app.SendAsync(
            HttpMethod.Get, "api/ping", headers: [("X-Forwarded-Proto", "gopher"), ("X-Forwarded-Host", "else.example")])).Body.ShouldBe(
                $"pong http://{authority}");
    }

    [Fact]
    public async Task Function_GetsRouteValuesAndBody()
    {
        var body = new StringContent("{}", Encoding.UTF8, "application/json");

        (await _app.SendAsync(HttpMethod.Post, "api/guarded/a%20b", _app.Key("function"), body)).Body.ShouldBe("a b:{}");
    }

    private static int Received(IReadOnlyList<string> trail) => trail.Count == 0 ? 0 : int.Parse(trail[^1], CultureInfo.InvariantCulture);

    private async Task<HttpResponseMessage> StreamAsync(string name)
    {
        _app.Open($"{name}-1");
        return await _app.Http.GetAsync($"api/stream/{name}", HttpCompletionOption.ResponseHeadersRead);
    }
}
