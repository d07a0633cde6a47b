using System.Net;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Worker.Tests;

public sealed class HttpFunctionTests
{
    private static Task<WorkerHost> StartAsync(params (string Name, string Content)[] files) => WorkerHost.StartAsync(
        [typeof(HttpFunctions)],
        builder =>
        {
            builder.ConfigureFunctionsWebApplication();
            builder.Services.AddSingleton<Probe>();
            builder.Services.AddScoped<Ticket>();
        },
        files);

    [Fact]
    public async Task Get_WhenFunctionReturnsObjectResult_AnswersCamelCaseJson()
    {
        await using var worker = await StartAsync();
        using var answer = await worker.Client.GetAsync("api/plain");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json; charset=utf-8");
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("path").GetString().ShouldBe("/api/plain");
    }

    [Fact]
    public async Task Invocation_WhenRepeated_HasAScopeOfItsOwnThatEndsWithIt()
    {
        await using var worker = await StartAsync();
        var first = await worker.Client.GetStringAsync("api/plain");
        (await worker.Client.GetStringAsync("api/plain")).ShouldNotBe(first);
        var events = worker.Host.Services.GetRequiredService<Probe>().Events;
        await Until.TrueAsync(() => events.Count == 2, "both scopes end");
        events.ShouldAllBe(disposed => disposed.StartsWith("disposed "));
    }

    [Fact]
    public async Task Post_WhenFunctionReturnsIResult_ExecutesIt()
    {
        await using var worker = await StartAsync();
        using var answer = await worker.Client.PostAsync("api/result", new StringContent("body"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("POST body");
    }

    [Theory]
    [InlineData("api/nothing", HttpStatusCode.OK)]
    [InlineData("api/value", HttpStatusCode.NoContent)]
    [InlineData("api/unknown", HttpStatusCode.NotFound)]
    [InlineData("plain", HttpStatusCode.NotFound)]
    [InlineData("api/items/a/b/c", HttpStatusCode.NotFound)]
    [InlineData("api/boom", HttpStatusCode.InternalServerError)]
    [InlineData("api/rest/no-number/x", HttpStatusCode.InternalServerError)]
    public async Task Get_WhenFunctionOrRouteIsOdd_AnswersItsStatusWithoutBody(string path, HttpStatusCode status)
    {
        await using var worker = await StartAsync();
        using var answer = await worker.Client.GetAsync(path);
        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("api/items/0f8fad5b-d9cb-469f-a165-70867728950e/7", "0f8fad5bd9cb469fa16570867728950e 7 item True")]
    [InlineData("api/items/0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5bd9cb469fa16570867728950e none item True")]
    [InlineData("API/Items/word", "named word")]
    [InlineData("api/items/a%20b", "named a b")]
    [InlineData("api/rest/12/a/b", "12 a/b")]
    [InlineData("api/rest/12", "12 none")]
    public async Task Get_WhenRouteHasParameters_BindsThem(string path, string expected)
    {
        await using var worker = await StartAsync();
        (await worker.Client.GetStringAsync(path)).ShouldBe(expected);
    }

    [Fact]
    public async Task Send_WhenMethodIsNotTheFunctions_AnswersNotFoundAsTheRealHostDoes()
    {
        await using var worker = await StartAsync();
        using var answer = await worker.Client.DeleteAsync("api/plain");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Get_WhenTheMoreSpecificRouteHasAnotherMethod_FallsToTheOtherFunction()
    {
        await using var worker = await StartAsync();
        (await worker.Client.GetStringAsync("api/items/special")).ShouldBe("named special");
        using var posted = await worker.Client.PostAsync("api/items/special", null);
        (await posted.Content.ReadAsStringAsync()).ShouldBe("special");
    }

    [Fact]
    public async Task Get_WhenFunctionThrows_LogsNameAndInvocation()
    {
        await using var worker = await StartAsync();
        using var answer = await worker.Client.GetAsync("api/boom");
        var line = worker.Log.Lines.Single(line => line.Level == LogLevel.Error);
        line.Message.ShouldMatch("^Function boom failed \\(invocation [0-9a-f-]{36}\\)$");
    }

    [Fact]
    public async Task Get_WhenFunctionThrowsAfterTheAnswerBegan_CutsTheConnection()
    {
        await using var worker = await StartAsync();
        await Should.ThrowAsync<HttpRequestException>(worker.Client.GetStringAsync("api/late-boom"));
    }

    [Fact]
    public async Task Get_WhenFunctionStreams_DeliversEachLineBeforeTheNextIsWritten()
    {
        await using var worker = await StartAsync();
        var probe = worker.Host.Services.GetRequiredService<Probe>();
        probe.Lines.Writer.TryWrite("one");
        using var answer = await worker.Client.GetAsync("api/stream", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await Until.CompletesAsync(reader.ReadLineAsync())).ShouldBe("data: one");
        await reader.ReadLineAsync();
        probe.Lines.Writer.TryWrite("two");
        (await Until.CompletesAsync(reader.ReadLineAsync())).ShouldBe("data: two");
        answer.Headers.TransferEncodingChunked.ShouldBe(true);
        probe.Lines.Writer.Complete();
    }

    [Fact]
    public async Task Stream_WhenTheCallerGoesAway_CancelsTheInvocation()
    {
        await using var worker = await StartAsync();
        var probe = worker.Host.Services.GetRequiredService<Probe>();
        probe.Lines.Writer.TryWrite("one");
        using (var answer = await worker.Client.GetAsync("api/stream", HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await answer.Content.ReadAsStreamAsync();
            body.ReadByte().ShouldBeGreaterThan(0);
        }

        await Until.TrueAsync(() => probe.Events.Contains("caller gone"), "the function is cancelled");
        worker.Log.Lines.ShouldNotContain(line => line.Level == LogLevel.Error);
    }

    [Fact]
    public async Task Get_WhenFunctionReturnsAFileStream_SendsItsBytes()
    {
        await using var worker = await StartAsync();
        (await worker.Client.GetByteArrayAsync("api/file")).ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData("""{"version":"2.0","extensions":{"http":{"routePrefix":""}}}""", "plain")]
    [InlineData("""{"version":"2.0","extensions":{"http":{"routePrefix":"v1/x"}}}""", "v1/x/plain")]
    public async Task Get_WhenHostJsonSetsAPrefix_RoutesBelowIt(string hostJson, string path)
    {
        await using var worker = await StartAsync(("host.json", hostJson));
        using var answer = await worker.Client.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Post_WhenBodyIsAboveTheHostsLimit_AnswersTooLarge()
    {
        await using var worker = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/result");
        request.Headers.ExpectContinue = true;
        request.Content = new StreamContent(Stream.Null);
        request.Content.Headers.ContentLength = (100 * 1024 * 1024) + 1;
        using var answer = await worker.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task HostStatus_WhenAsked_SaysRunning()
    {
        await using var worker = await StartAsync();
        var status = JsonDocument.Parse(await worker.Client.GetStringAsync("admin/host/status")).RootElement;
        status.GetProperty("state").GetString().ShouldBe("Running");
        status.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
    }
}
