using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Embedded.Durable.Tests.Harness;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Durable.Tests;

public sealed class ManagementTests(Azurite azurite)
{
    private static CancellationToken Bound => TestEngine.Bound(60);

    [Fact]
    public async Task Get_WhenItRunsAndWhenItHasEnded_SaysSo()
    {
        await using var app = await TestApp.StartAsync(azurite, typeof(Functions));
        await StartAsync(app, "a:b", 5);

        var running = await app.Http.GetAsync("instances/a%3Ab");

        running.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        running.Headers.Location!.AbsolutePath.ShouldBe("/runtime/webhooks/durabletask/instances/a:b");
        running.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        var status = (await running.Content.ReadFromJsonAsync<JsonObject>())!;
        status.Select(field => field.Key).ShouldBe(
            ["name", "instanceId", "runtimeStatus", "input", "customStatus", "output", "createdTime", "lastUpdatedTime"]);
        status["name"]!.GetValue<string>().ShouldBe("Asks");
        status["instanceId"]!.GetValue<string>().ShouldBe("a:b");
        status["runtimeStatus"]!.GetValue<string>().ShouldBe("Running");
        status["input"]!.GetValue<int>().ShouldBe(5);
        status["customStatus"]!["phase"]!.GetValue<string>().ShouldBe("asking");
        status["output"].ShouldBeNull();
        status["createdTime"]!.GetValue<string>().ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
        (await GetAsync(app, "instances/a%3Ab?showInput=false"))["input"].ShouldBeNull();

        (await RaiseAsync(app, "a%3Ab", "{\"text\":\"hi\"}")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await app.Client.WaitForInstanceCompletionAsync("a:b", Bound);
        var ended = await app.Http.GetAsync("instances/a%3Ab");
        ended.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ended.Content.ReadFromJsonAsync<JsonObject>())!["output"]!["said"]!.GetValue<string>().ShouldBe("hi 10");
        (await RaiseAsync(app, "a%3Ab", "{}")).StatusCode.ShouldBe(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task Get_WhenHistoryIsAskedFor_ShowsItInTheExtensionsForm()
    {
        await using var app = await TestApp.StartAsync(azurite, typeof(Functions));
        await StartAsync(app, "h", 5);
        await RaiseAsync(app, "h", "{\"text\":\"hi\"}");
        await app.Client.WaitForInstanceCompletionAsync("h", Bound);

        var history = (JsonArray)(await GetAsync(app, "instances/h?showHistory=true&showHistoryOutput=true"))["historyEvents"]!;

        history.Select(one => one!["EventType"]!.GetValue<string>()).ShouldBe(["ExecutionStarted", "EventRaised", "TaskCompleted", "ExecutionCompleted"]);
        history[0]!["FunctionName"]!.GetValue<string>().ShouldBe("Asks");
        history[2]!["FunctionName"]!.GetValue<string>().ShouldBe("Double");
        history[2]!["Result"]!.GetValue<int>().ShouldBe(10);
        history[2]!["ScheduledTime"].ShouldNotBeNull();
        history[3]!["OrchestrationStatus"]!.GetValue<string>().ShouldBe("Completed");
        var bare = (JsonArray)(await GetAsync(app, "instances/h?showHistory=true"))["historyEvents"]!;
        bare[2]!["Result"].ShouldBeNull();
    }

    [Fact]
    public async Task Get_WhenItFailed_AnswersAsAsked()
    {
        await using var app = await TestApp.StartAsync(azurite, typeof(Functions));
        await app.Client.ScheduleNewOrchestrationInstanceAsync("Fails", new StartOrchestrationOptions("f"), Bound);
        await app.Client.WaitForInstanceCompletionAsync("f", Bound);

        (await app.Http.GetAsync("instances/f")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var loud = await app.Http.GetAsync("instances/f?returnInternalServerErrorOnFailure=true");
        loud.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await loud.Content.ReadFromJsonAsync<JsonObject>())!["output"]!.GetValue<string>().ShouldContain("boom");
    }

    [Theory]
    [InlineData("GET", "instances/nobody")]
    [InlineData("DELETE", "instances/nobody")]
    [InlineData("POST", "instances/nobody/terminate?reason=x")]
    [InlineData("POST", "instances/nobody/suspend")]
    [InlineData("POST", "instances/nobody/resume")]
    [InlineData("POST", "instances/nobody/raiseEvent/e")]
    [InlineData("POST", "instances/nobody/dance")]
    [InlineData("PUT", "instances/nobody")]
    [InlineData("GET", "orchestrators/Asks")]
    [InlineData("DELETE", "instances?createdTimeFrom=2020-01-01T00:00:00Z")]
    public async Task Request_WhenThereIsNothingThere_Answers404(string method, string path)
    {
        await using var app = await TestApp.StartAsync(azurite, typeof(Functions));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        (await app.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Post_WhenControlled_DoesIt()
    {
        await using var app = await TestApp.StartAsync(azurite, typeof(Functions));
        await StartAsync(app, "c", 1);

        (await app.Http.PostAsync("instances/c/suspend?reason=wait", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await GetAsync(app, "instances/c"))["runtimeStatus"]!.GetValue<string>().ShouldBe("Suspended");
        (await app.Http.PostAsync("instances/c/resume", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await app.Http.PostAsync("instances/c/terminate?reason=too%20long", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        var ended = await GetAsync(app, "instances/c");
        ended["runtimeStatus"]!.GetValue<string>().ShouldBe("Terminated");
        ended["output"]!.GetValue<string>().ShouldBe("too long");
        (await app.Http.PostAsync("instances/c/terminate", null)).StatusCode.ShouldBe(HttpStatusCode.Gone);
        var purged = await app.Http.DeleteAsync("instances/c");
        (await purged.Content.ReadFromJsonAsync<JsonObject>())!["instancesDeleted"]!.GetValue<int>().ShouldBe(1);
        (await app.Http.GetAsync("instances/c")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task RaiseEvent_WhenTheBodyIsNoJson_Answers400()
    {
        await using var app = await TestApp.StartAsync(azurite, typeof(Functions));
        await StartAsync(app, "r", 1);

        (await RaiseAsync(app, "r", "{")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await RaiseAsync(app, "r", "{}", "text/plain")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await GetAsync(app, "instances/r"))["runtimeStatus"]!.GetValue<string>().ShouldBe("Running");
    }

    [Fact]
    public async Task List_WhenFilteredAndPaged_AnswersWhatMatches()
    {
        await using var app = await TestApp.StartAsync(azurite, typeof(Functions));
        foreach (var id in new[] { "l-1", "l-2", "l-3", "m-1" })
        {
            await StartAsync(app, id, 1);
        }

        await app.Client.TerminateInstanceAsync("l-2", Bound);
        using var first = await app.Http.GetAsync("instances?instanceIdPrefix=l-&top=2");
        (await first.Content.ReadFromJsonAsync<JsonArray>())!.Count.ShouldBe(2);
        using var request = new HttpRequestMessage(HttpMethod.Get, "instances?instanceIdPrefix=l-&top=2&showInput=true");
        request.Headers.Add("x-ms-continuation-token", first.Headers.GetValues("x-ms-continuation-token"));
        var second = await app.Http.SendAsync(request);
        var rest = (await second.Content.ReadFromJsonAsync<JsonArray>())!;
        rest.Count.ShouldBe(1);
        rest[0]!["instanceId"]!.GetValue<string>().ShouldBe("l-3");
        rest[0]!["input"]!.GetValue<int>().ShouldBe(1);
        second.Headers.Contains("x-ms-continuation-token").ShouldBeFalse();
        (await app.Http.GetFromJsonAsync<JsonArray>("instances/?runtimeStatus=Terminated,Failed"))!.Count.ShouldBe(1);
        (await app.Http.GetFromJsonAsync<JsonArray>("instances?createdTimeFrom=2020-01-01T00:00:00Z&createdTimeTo=2021-01-01"))!.ShouldBeEmpty();

        (await app.Http.DeleteAsync("instances")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var purged = await app.Http.DeleteAsync("instances?createdTimeFrom=2020-01-01T00:00:00Z&runtimeStatus=Terminated");
        (await purged.Content.ReadFromJsonAsync<JsonObject>())!["instancesDeleted"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Start_WhenPosted_AnswersTheLinks()
    {
        await using var app = await TestApp.StartAsync(azurite, typeof(Functions));

        var started = await app.Http.PostAsJsonAsync("orchestrators/asks/s:1", 7);

        started.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var links = (await started.Content.ReadFromJsonAsync<JsonObject>())!;
        links["id"]!.GetValue<string>().ShouldBe("s:1");
        started.Headers.Location!.ToString().ShouldBe(links["statusQueryGetUri"]!.GetValue<string>());
        (await app.Http.PostAsync(links["terminatePostUri"]!.GetValue<string>().Replace("{text}", "x", StringComparison.Ordinal), null))
            .StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await app.Http.PostAsync("orchestrators/nowhere", null)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var waited = await app.Http.PostAsJsonAsync("orchestrators/Echo?timeout=10&pollingInterval=1", "back");
        (await waited.Content.ReadFromJsonAsync<string>()).ShouldBe("back");
    }

    [Fact]
    public async Task Request_WhenAKeyIsConfigured_NeedsIt()
    {
        await using var app = await TestApp.StartAsync(azurite, typeof(Functions), ("Holdfast:FunctionKey", "secret"));
        (await app.Http.GetAsync("instances")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await app.Http.GetAsync("instances?code=wrong")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await app.Http.GetAsync("instances?code=secret")).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Http.DefaultRequestHeaders.Add("x-functions-key", "secret");
        (await app.Http.GetAsync("instances")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task StartAsync(TestApp app, string id, int input)
    {
        await app.Client.ScheduleNewOrchestrationInstanceAsync("Asks", input, new StartOrchestrationOptions(id), Bound);
        await app.Client.WaitForInstanceStartAsync(id, Bound);
    }

    private static async Task<JsonObject> GetAsync(TestApp app, string path)
    {
        using var answer = await app.Http.GetAsync(path);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private static async Task<HttpResponseMessage> RaiseAsync(TestApp app, string id, string body, string type = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        return await app.Http.PostAsync($"instances/{id}/raiseEvent/answer", content);
    }

    private sealed record Said(string Text);

    private static class Functions
    {
        public static async Task<object> Asks([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            context.SetCustomStatus(new { phase = "asking" });
            var answer = await context.WaitForExternalEvent<Said>("answer");
            return new { said = $"{answer.Text} {await context.CallActivityAsync<int>("Double", context.GetInput<int>())}" };
        }

        public static Task<string?> Echo([OrchestrationTrigger] TaskOrchestrationContext context) => Task.FromResult(context.GetInput<string>());

        public static Task Fails([OrchestrationTrigger] TaskOrchestrationContext context) => throw new InvalidOperationException("boom " + context.Name);

        public static int Double([ActivityTrigger] int n) => n * 2;
    }
}
