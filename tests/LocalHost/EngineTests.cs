using Shouldly;
using Xunit;

namespace Holdfast.LocalHost.Tests;

/// <summary>What the app leans on of the engine, as it runs here.</summary>
public sealed class EngineTests(ServedFixture fixture) : IClassFixture<ServedFixture>
{
    private readonly ServedApp _app = fixture.App;

    [Fact]
    public async Task Activity_WhenItThrows_FailsWithTypeAndMessage()
    {
        await _app.StartAsync("Catching", "caught");

        (await _app.EndOfAsync("caught")).ShouldBe(("Completed", "System.InvalidOperationException: failed on purpose"));
    }

    [Fact]
    public async Task Orchestrator_WhenItsReplayDiffers_FailsVisibly()
    {
        await _app.StartAsync("Erratic", "erratic");

        var (status, output) = await _app.EndOfAsync("erratic");

        status.ShouldBe("Failed");
        output.ShouldContain("NonDeterministic");
    }

    [Fact]
    public async Task Timer_OfAnOrchestration_FiresNotBeforeItsTime()
    {
        await _app.StartAsync("Sleeping", "asleep");

        (await _app.EndOfAsync("asleep")).ShouldBe(("Completed", "slept"));
    }

    [Fact]
    public async Task Event_BeforeTheOrchestrationWaits_IsKeptForIt()
    {
        await _app.StartAsync("Waiting", "early");
        (await _app.ManageAsync(HttpMethod.Post, "instances/early/raiseEvent/go", "before")).Status.ShouldBe(202);

        (await _app.EndOfAsync("early")).ShouldBe(("Completed", "before"));
    }

    [Fact]
    public async Task Event_ToNobody_IsRefused() =>
        (await _app.ManageAsync(HttpMethod.Post, "instances/never-was/raiseEvent/go", "lost")).Status.ShouldBe(404);

    [Fact]
    public async Task Terminate_WhileAnActivityRuns_EndsTheInstanceAndLetsTheActivityRunOn()
    {
        await _app.StartAsync("Holding", "cut");
        await _app.TrailedAsync("cut", trail => trail.Count == 1);

        await _app.ManageAsync(HttpMethod.Post, "instances/cut/terminate?reason=cut");

        (await _app.EndOfAsync("cut")).Status.ShouldBe("Terminated");
        _app.Trail("cut").ShouldBe(["begun"]);
        _app.Open("cut-open");
        await _app.TrailedAsync("cut", trail => trail.SequenceEqual(["begun", "done"]));
    }

    [Fact]
    public async Task Entity_WhenCalled_KeepsItsState()
    {
        await _app.StartAsync("Counting", "counted");

        (await _app.EndOfAsync("counted")).ShouldBe(("Completed", "5"));
    }
}
