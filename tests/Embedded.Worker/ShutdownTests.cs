using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Worker.Tests;

/// <summary>Does not listen to its token.</summary>
public sealed class StubbornTimer(Probe probe)
{
    [Function("stubborn")]
    public async Task Run([TimerTrigger("0 0 0 * * *", RunOnStartup = true)] TimerInfo timer)
    {
        probe.Events.Enqueue("begun");
        await probe.Gate;
    }
}

/// <summary>Listens to its token and nothing else.</summary>
public sealed class ObedientFunctions(Probe probe)
{
    [Function("obedient")]
    public async Task Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, FunctionContext context)
    {
        probe.Events.Enqueue("begun");
        await probe.Gate.WaitAsync(context.CancellationToken);
    }
}

public sealed class StubbornFunctions(Probe probe)
{
    [Function("stubborn-request")]
    public async Task Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
    {
        probe.Events.Enqueue("begun");
        await probe.Gate;
    }
}

public sealed class ShutdownTests
{
    private readonly Probe _probe = new();

    private Task<WorkerHost> StartAsync(Type type, TimeSpan bound) => WorkerHost.StartAsync([type], builder =>
    {
        builder.ConfigureFunctionsWebApplication();
        builder.Services.AddSingleton(_probe);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = bound);
    });

    [Fact]
    public async Task Stop_WhenAnInvocationIgnoresItsToken_EndsAtTheBoundAndSaysSo()
    {
        var worker = await StartAsync(typeof(StubbornTimer), TimeSpan.FromMilliseconds(200));
        await Until.TrueAsync(() => !_probe.Events.IsEmpty, "the timer runs");
        await Until.CompletesAsync(worker.Host.StopAsync());
        worker.Log.Lines.ShouldContain(line => line.Level == LogLevel.Warning && line.Message.StartsWith("Stopped with 1 invocations"));
        _probe.OpenGate();
        await worker.DisposeAsync();
    }

    [Fact]
    public async Task Stop_WhenARequestIgnoresItsToken_EndsAtTheBoundAndCutsTheConnection()
    {
        var worker = await StartAsync(typeof(StubbornFunctions), TimeSpan.FromMilliseconds(200));
        var request = worker.Client.GetAsync("api/stubborn-request");
        await Until.TrueAsync(() => !_probe.Events.IsEmpty, "the request is served");
        await Until.CompletesAsync(worker.Host.StopAsync());
        await Should.ThrowAsync<HttpRequestException>(Until.CompletesAsync(request));
        _probe.OpenGate();
        await worker.DisposeAsync();
    }

    [Fact]
    public async Task Stop_WhenARequestWaits_FiresItsTokenAndAnswersUnavailable()
    {
        var worker = await StartAsync(typeof(ObedientFunctions), TimeSpan.FromSeconds(20));
        var request = worker.Client.GetAsync("api/obedient");
        await Until.TrueAsync(() => !_probe.Events.IsEmpty, "the request is served");
        await Until.CompletesAsync(worker.Host.StopAsync());
        using var answer = await request;
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await worker.DisposeAsync();
    }
}
