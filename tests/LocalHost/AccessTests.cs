using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Holdfast.LocalHost.Tests;

/// <summary>Who gets in: keys by level, and which requests of which pages and names are answered at all.</summary>
public sealed class AccessTests(ServedFixture fixture) : IClassFixture<ServedFixture>
{
    private const string Instances = "runtime/webhooks/durabletask/instances";
    private readonly ServedApp _app = fixture.App;

    [Theory]
    [InlineData("api/ping", null, 200)]
    [InlineData("api/ping", "wrong", 200)]
    [InlineData("api/guarded", null, 401)]
    [InlineData("api/guarded", "wrong", 401)]
    [InlineData("api/guarded", "durabletask", 401)]
    [InlineData("api/guarded", "function", 200)]
    [InlineData("api/guarded", "master", 200)]
    [InlineData("api/locked", null, 401)]
    [InlineData("api/locked", "function", 401)]
    [InlineData("api/locked", "master", 200)]
    [InlineData(Instances, null, 401)]
    [InlineData(Instances, "function", 401)]
    [InlineData(Instances, "durabletask", 200)]
    [InlineData(Instances, "master", 200)]
    [InlineData("admin/host/status", null, 401)]
    [InlineData("admin/host/status", "function", 401)]
    [InlineData("admin/host/status", "master", 200)]
    public async Task Get_ByKey_AnswersByLevel(string path, string? key, int status)
    {
        var given = key is null or "wrong" ? key : _app.Key(key);

        var byHeader = await _app.SendAsync(HttpMethod.Get, path, given);
        var byQuery = await _app.SendAsync(HttpMethod.Get, given is null ? path : $"{path}?code={given}");

        byHeader.Status.ShouldBe(status, byHeader.Body);
        byQuery.Status.ShouldBe(status, byQuery.Body);
        if (status == 401)
        {
            ShouldBeProblem(byHeader, 401);
        }
    }

    [Fact]
    public async Task Get_WhenTheHeaderIsWrongAndTheQueryRight_Answers401() =>
        ShouldBeProblem(await _app.SendAsync(HttpMethod.Get, $"api/guarded?code={_app.Key("function")}", "wrong"), 401);

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST:1234", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:7071", 200)]
    [InlineData("rebound.example", 421)]
    [InlineData("localhost.rebound.example:7071", 421)]
    [InlineData("192.168.0.1", 421)]
    [InlineData("127.0.0.1.rebound.example", 421)]
    public async Task Host_ByName_IsAnsweredOnlyOnLoopback(string name, int status)
    {
        var answer = await _app.SendAsync(HttpMethod.Get, "api/ping", headers: ("Host", name));

        answer.Status.ShouldBe(status, answer.Body);
        if (status != 200)
        {
            ShouldBeProblem(answer, status);
        }
    }

    [Theory]
    [InlineData("Origin", "https://page.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Request_OfAnotherOrigin_IsRefusedWhateverItAsksFor(string header, string value)
    {
        foreach (var path in new[] { "api/ping", "api/guarded", Instances, "admin/host/status", "api/nothing" })
        {
            ShouldBeProblem(await _app.SendAsync(HttpMethod.Get, path, _app.Key("master"), headers: (header, value)), 403);
        }

        ShouldBeProblem(
            await _app.SendAsync(
                HttpMethod.Options, "api/guarded", headers: [(header, value), ("Access-Control-Request-Method", "POST")]), 403);
    }

    [Fact]
    public async Task Request_OfTheHostsOwnOrigin_IsAnswered()
    {
        var own = _app.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

        (await _app.SendAsync(
            HttpMethod.Get, "api/ping", headers: [("Origin", own), ("Sec-Fetch-Site", "same-origin")])).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("application/json", 200)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData(null, 415)]
    public async Task Body_OfAGuardedEndpoint_HasToBeJson(string? type, int status)
    {
        var body = new ByteArrayContent(Encoding.UTF8.GetBytes("{}"));
        body.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        var answer = await _app.SendAsync(HttpMethod.Post, "api/guarded", _app.Key("function"), body);

        answer.Status.ShouldBe(status, answer.Body);
        if (status == 415)
        {
            ShouldBeProblem(answer, 415);
        }
    }

    [Fact]
    public async Task Body_OfAnAnonymousEndpoint_IsItsOwnBusiness() =>
        (await _app.SendAsync(
            HttpMethod.Post, "api/ping",
            body: new StringContent("a=b", Encoding.UTF8, "application/x-www-form-urlencoded"))).Status.ShouldBe(200);

    [Theory]
    [InlineData("GET", "api/nothing")]
    [InlineData("DELETE", "api/ping")]
    [InlineData("GET", "runtime/webhooks/nobody")]
    public async Task Request_ForWhatIsNotThere_Answers404(string method, string path) =>
        ShouldBeProblem(await _app.SendAsync(new HttpMethod(method), path, _app.Key("master")), 404);

    /// <summary>
    /// The worker's stream has a listener of its own, which serves nothing else and no worker that this host has not started.
    /// </summary>
    [Fact]
    public async Task StreamListener_ServesNoFunctionAndNoStranger()
    {
        var arguments = (await File.ReadAllTextAsync($"/proc/{_app.WorkerId}/cmdline")).Split('\0');
        var address = new Uri(arguments[Array.IndexOf(arguments, "--functions-uri") + 1]);
        async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, HttpContent? body = null)
        {
            using var client = new HttpClient();
            return await client.SendAsync(new HttpRequestMessage(method, new Uri(address, path))
            {
                Content = body,
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            });
        }

        var guarded = await AskAsync(HttpMethod.Get, $"api/guarded?code={_app.Key("master")}");
        // A frame of gRPC with StartStream { worker_id = "x" }.
        var start = new ByteArrayContent([0, 0, 0, 0, 6, 0xA2, 0x01, 3, 0x12, 1, (byte)'x'])
        {
            Headers = { ContentType = new("application/grpc") },
        };
        var stranger = await AskAsync(HttpMethod.Post, "AzureFunctionsRpcMessages.FunctionRpc/EventStream", start);

        guarded.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await stranger.Content.ReadAsByteArrayAsync();
        stranger.TrailingHeaders.Concat(stranger.Headers).Single(header => header.Key == "grpc-status").Value.ShouldBe(["7"]);
        await Should.ThrowAsync<HttpRequestException>(_app.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "api/ping")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        }));
    }

    [Fact]
    public async Task Answers_NeverCarryHeadersForOtherOrigins()
    {
        using var answer = await _app.Http.GetAsync("api/ping");

        answer.Headers.ShouldNotContain(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    private static void ShouldBeProblem((int Status, string Body) answer, int status)
    {
        answer.Status.ShouldBe(status, answer.Body);
        using var problem = JsonDocument.Parse(answer.Body);
        problem.RootElement.GetProperty("status").GetInt32().ShouldBe(status);
        problem.RootElement.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
    }
}
