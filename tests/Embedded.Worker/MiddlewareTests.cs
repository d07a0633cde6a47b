using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Worker.Tests;

public sealed class MiddlewareTests
{
    private static async Task<(WorkerHost Worker, Probe Probe)> StartAsync(Action<FunctionsApplicationBuilder> configure)
    {
        var worker = await WorkerHost.StartAsync([typeof(WrappedFunctions)], builder =>
        {
            builder.Services.AddSingleton<Probe>();
            configure(builder);
        });
        return (worker, worker.Host.Services.GetRequiredService<Probe>());
    }

    [Fact]
    public async Task Invoke_WhenTwoAreAdded_RunsThemAroundTheFunctionInOrder()
    {
        var (worker, probe) = await StartAsync(static builder =>
        {
            builder.ConfigureFunctionsWebApplication();
            builder.UseMiddleware<OuterMiddleware>().UseMiddleware<InnerMiddleware>();
        });
        await using var _ = worker;
        (await worker.Client.GetStringAsync("api/wrapped")).ShouldBe("outer");
        probe.Events.ShouldBe(["outer in wrapped True", "inner in outer httpTrigger", "inner out", "outer out ContentHttpResult"]);
    }

    [Fact]
    public async Task Invoke_WhenAddedBeforeTheWebApplication_SeesNoRequest()
    {
        var (worker, probe) = await StartAsync(static builder =>
        {
            builder.UseMiddleware<OuterMiddleware>();
            builder.ConfigureFunctionsWebApplication();
        });
        await using var _ = worker;
        await worker.Client.GetStringAsync("api/wrapped");
        probe.Events.First().ShouldBe("outer in wrapped False");
    }

    [Fact]
    public async Task Invoke_WhenItReplacesTheResult_AnswersWithTheNewOne()
    {
        var (worker, _) = await StartAsync(static builder =>
        {
            builder.ConfigureFunctionsWebApplication();
            builder.UseMiddleware<OuterMiddleware>().UseMiddleware<InnerMiddleware>();
        });
        await using var _ = worker;
        using var answer = await worker.Client.GetAsync("api/wrapped?replace");
        answer.StatusCode.ShouldBe((HttpStatusCode)418);
    }

    [Fact]
    public async Task Invoke_WhenItDoesNotCallNext_EndsTheInvocationThere()
    {
        var (worker, probe) = await StartAsync(static builder =>
        {
            builder.ConfigureFunctionsWebApplication();
            builder.UseMiddleware(static (context, _) =>
            {
                context.GetHttpContext()!.Response.StatusCode = 403;
                return Task.CompletedTask;
            });
            builder.UseMiddleware<OuterMiddleware>();
        });
        await using var _ = worker;
        using var answer = await worker.Client.GetAsync("api/wrapped");
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        probe.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task UseWhen_WhenThePredicateRefuses_SkipsTheMiddleware()
    {
        var (worker, probe) = await StartAsync(static builder =>
        {
            builder.ConfigureFunctionsWebApplication();
            builder.UseMiddleware((context, next) =>
            {
                context.Items["from"] = "first";
                return next();
            });
            builder.UseWhen<OuterMiddleware>(static context => context.FunctionDefinition.Name != "wrapped");
        });
        await using var _ = worker;
        (await worker.Client.GetStringAsync("api/wrapped")).ShouldBe("first");
        probe.Events.ShouldBeEmpty();
    }
}
