using System.Net;
using System.Reflection;
using Holdfast.Embedded.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

[assembly: EmbeddedExtension(typeof(Holdfast.Embedded.Worker.Tests.EchoExtension))]

namespace Holdfast.Embedded.Worker.Tests;

[AttributeUsage(AttributeTargets.Parameter)]
public sealed class EchoTriggerAttribute : TriggerBindingAttribute;

public static class EchoFunctions
{
    [Function("echo")]
    public static Task<string> Echo([EchoTrigger] string input, Version version, FunctionContext context)
        => Task.FromResult($"{input} {version} {context.InvocationId.Length}");

    [Function("echo-void")]
    public static async Task Nothing([EchoTrigger] string input) => await Task.Yield();

    [Function("echo-wait")]
    public static Task Wait([EchoTrigger] Task endless) => endless;

    [Function("echo-fail")]
    public static Task Fail([EchoTrigger] string input) => throw new TimeoutException(input);
}

public sealed class EchoExtension : IEmbeddedExtension
{
    public List<FunctionDescriptor> Functions { get; } = [];

    public string? HubName { get; private set; }

    public void ConfigureServices(IServiceCollection services, IConfiguration configuration, IConfiguration hostJson)
    {
        HubName = hostJson["extensions:echo:hubName"];
        services.AddSingleton(new Version(1, 2));
    }

    public bool TryAdd(FunctionDescriptor function, IServiceProvider services)
    {
        if (!function.Trigger.IsDefined(typeof(EchoTriggerAttribute)))
        {
            return false;
        }

        Functions.Add(function);
        return true;
    }

    public bool TryBind(ParameterInfo parameter, IServiceProvider services, out object? value)
    {
        value = parameter.ParameterType == typeof(Version) ? services.GetRequiredService<Version>() : null;
        return value is not null;
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
        => endpoints.MapGet("/runtime/webhooks/echo", static http => http.Response.WriteAsync("managed"));
}

public sealed class ExtensionTests
{
    private readonly EchoExtension _extension = new();
    private readonly Probe _probe = new();

    private Task<WorkerHost> StartAsync(string? key = null) => WorkerHost.StartAsync(
        [typeof(EchoFunctions)],
        builder =>
        {
            builder.Configuration["Holdfast:FunctionKey"] = key;
            builder.Services.AddSingleton(_probe);
            builder.UseMiddleware<OuterMiddleware>();
        },
        files: [("host.json", """{"version":"2.0","extensions":{"echo":{"hubName":"h"}}}""")],
        extensions: [_extension]);

    private Task<object?> InvokeAsync(WorkerHost worker, string name, object? input, CancellationToken cancellationToken = default)
        => worker.Host.Services.GetRequiredService<IFunctionInvoker>()
            .InvokeAsync(_extension.Functions.Single(function => function.Name == name), input, cancellationToken);

    [Fact]
    public async Task Extension_WhenItTakesATrigger_InvokesThroughTheMiddleware()
    {
        await using var worker = await StartAsync();
        (await InvokeAsync(worker, "echo", "hello")).ShouldBe("hello 1.2 36");
        _probe.Events.ShouldBe(["outer in echo False", "outer out String"]);
        _extension.HubName.ShouldBe("h");
    }

    [Fact]
    public async Task Invoke_WhenTheMethodReturnsNothing_GivesNull()
    {
        await using var worker = await StartAsync();
        (await InvokeAsync(worker, "echo-void", "x")).ShouldBeNull();
    }

    [Fact]
    public async Task Invoke_WhenTheMethodThrows_ThrowsTheSame()
    {
        await using var worker = await StartAsync();
        var failure = await Should.ThrowAsync<TimeoutException>(InvokeAsync(worker, "echo-fail", "why"));
        failure.Message.ShouldBe("why");
    }

    [Fact]
    public async Task Stop_WhenAnExtensionsInvocationNeverEnds_IsNotHeldUp()
    {
        var worker = await StartAsync();
        var endless = new TaskCompletionSource();
        var invocation = InvokeAsync(worker, "echo-wait", endless.Task);
        invocation.IsCompleted.ShouldBeFalse();
        await Until.CompletesAsync(worker.Host.StopAsync());
        await worker.DisposeAsync();
    }

    [Theory]
    [InlineData(null, "", HttpStatusCode.OK)]
    [InlineData("secret", "", HttpStatusCode.Unauthorized)]
    [InlineData("secret", "?code=secret", HttpStatusCode.OK)]
    public async Task Endpoints_WhenAnExtensionMapsThem_AreServedBehindTheKey(string? key, string query, HttpStatusCode status)
    {
        await using var worker = await StartAsync(key);
        using var answer = await worker.Client.GetAsync($"runtime/webhooks/echo{query}");
        answer.StatusCode.ShouldBe(status);
    }

    [Fact]
    public void Load_WhenAnAssemblyOfTheFolderNamesAnExtension_CreatesIt()
        => ExtensionLoader.Load(AppContext.BaseDirectory).ShouldHaveSingleItem().ShouldBeOfType<EchoExtension>();
}
