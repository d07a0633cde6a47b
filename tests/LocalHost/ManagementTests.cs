using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.LocalHost.Tests;

/// <summary>The management API, as operators use it.</summary>
public sealed class ManagementTests(ServedFixture fixture) : IClassFixture<ServedFixture>
{
    private readonly ServedApp _app = fixture.App;

    [Fact]
    public async Task Status_OfAnInstance_HasInputCustomStatusAndHistoryWhenAskedFor()
    {
        await _app.StartAsync("Waiting", "watched");
        var running = await _app.StatusOnceAsync("watched", "Running");
        await Eventually.BecomesTrueAsync(
            async () => (await _app.StatusAsync("watched")).GetProperty("customStatus")
                .ToString()
                .Contains("waiting", StringComparison.Ordinal), ServedApp.Soon, "the custom status");

        (await _app.ManageAsync(HttpMethod.Post, "instances/watched/raiseEvent/go", "value")).Status.ShouldBe(202);

        (await _app.EndOfAsync("watched")).ShouldBe(("Completed", "value"));
        running.GetProperty("input").GetString().ShouldBe("watched");
        var history = (await _app.StatusAsync("watched", "?showHistory=true")).GetProperty("historyEvents");
        history.EnumerateArray().Select(entry => entry.GetProperty("EventType").GetString()).ShouldContain("EventRaised");
    }

    [Fact]
    public async Task Instances_ByFilter_AreThoseOfThatStatusAndPrefix()
    {
        await _app.StartAsync("Waiting", "listed-1");
        await _app.StartAsync("Waiting", "listed-2");
        await _app.StartAsync("Sleeping", "listed-3");
        await _app.EndOfAsync("listed-3");
        await _app.StatusOnceAsync("listed-1", "Running");
        await _app.StatusOnceAsync("listed-2", "Running");

        (await ListAsync("?runtimeStatus=Running&instanceIdPrefix=listed")).ShouldBe(["listed-1", "listed-2"]);
        (await ListAsync("?runtimeStatus=Completed&instanceIdPrefix=listed")).ShouldBe(["listed-3"]);
        (await ListAsync("?instanceIdPrefix=nobody")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Instance_IsSuspendedResumedAndTerminated()
    {
        await _app.StartAsync("Waiting", "steered");
        await _app.StatusOnceAsync("steered", "Running");

        (await _app.ManageAsync(HttpMethod.Post, "instances/steered/suspend?reason=pause")).Status.ShouldBe(202);
        await _app.StatusOnceAsync("steered", "Suspended");
        (await _app.ManageAsync(HttpMethod.Post, "instances/steered/resume?reason=on")).Status.ShouldBe(202);
        await _app.StatusOnceAsync("steered", "Running");
        (await _app.ManageAsync(HttpMethod.Post, "instances/steered/terminate?reason=enough")).Status.ShouldBe(202);

        (await _app.EndOfAsync("steered")).ShouldBe(("Terminated", "enough"));
        (await _app.ManageAsync(HttpMethod.Post, "instances/steered/terminate?reason=again")).Status.ShouldBe(410);
    }

    [Fact]
    public async Task Instance_WhenEnded_IsRestartedAndPurged()
    {
        await _app.StartAsync("Sleeping", "again");
        await _app.EndOfAsync("again");

        (await _app.ManageAsync(HttpMethod.Post, "instances/again/restart?restartWithNewInstanceId=false")).Status.ShouldBe(202);
        (await _app.EndOfAsync("again")).ShouldBe(("Completed", "slept"));
        (await _app.ManageAsync(HttpMethod.Delete, "instances/again")).Status.ShouldBe(200);

        (await _app.ManageAsync(HttpMethod.Get, "instances/again")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Calls_WithoutTheRightKey_AnswerNothingAndDoNothing()
    {
        await _app.StartAsync("Waiting", "guarded");
        await _app.StatusOnceAsync("guarded", "Running");
        (HttpMethod, string)[] calls =
        [
            (HttpMethod.Get, "instances/guarded"), (HttpMethod.Get, "instances"), (HttpMethod.Post, "instances/guarded/raiseEvent/go"),
            (HttpMethod.Post, "instances/guarded/terminate"), (HttpMethod.Post, "instances/guarded/suspend"),
            (HttpMethod.Post, "instances/guarded/resume"),
            (HttpMethod.Post, "instances/guarded/restart"), (HttpMethod.Delete, "instances/guarded"),
            (HttpMethod.Post, "orchestrators/Waiting"),
        ];

        foreach (var (method, path) in calls)
        {
            foreach (var key in new[] { null, "wrong", _app.Key("function") })
            {
                (await _app.SendAsync(method, $"{ManagementCalls.Root}/{path}", key)).Status.ShouldBe(401, $"{method} {path}");
            }
        }

        (await _app.StatusAsync("guarded")).GetProperty("runtimeStatus").GetString().ShouldBe("Running");
    }

    [Fact]
    public async Task Links_OfTheClientAndOfTheApi_LeadBackHereWithTheirKey()
    {
        var links = await _app.StartAsync("Waiting", "linked");
        await _app.StatusOnceAsync("linked", "Running");

        var address = new Uri(
            links.EnumerateObject().Single(
                link => link.Name.Equals("statusQueryGetUri", StringComparison.OrdinalIgnoreCase)).Value.GetString()!);

        address.Authority.ShouldBe(_app.Http.BaseAddress!.Authority);
        (await _app.SendAsync(HttpMethod.Get, address.PathAndQuery)).Status.ShouldBe(202);
    }

    private async Task<List<string>> ListAsync(string query)
    {
        var listed = ManagementCalls.Json((await _app.ManageAsync(HttpMethod.Get, $"instances{query}")).Body);
        return [.. listed.EnumerateArray().Select(instance => instance.GetProperty("instanceId").GetString()!).Order()];
    }
}
