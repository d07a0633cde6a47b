using System.Reflection;
using Holdfast.Embedded.Durable.Hosting;
using Holdfast.Embedded.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Durable.Tests.Harness;

/// <summary>The extension in a small host of its own: a real socket, and an invoker that does what the worker's does for its parameters.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private static int _hubs;
    private readonly WebApplication _app;

    private TestApp(WebApplication app)
    {
        _app = app;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Http = new HttpClient { BaseAddress = new Uri(address + "/runtime/webhooks/durabletask/") };
    }

    public HttpClient Http { get; }

    public DurableTaskClient Client => _app.Services.GetRequiredService<DurableTaskClient>();

    public IServiceProvider Services => _app.Services;

    /// <param name="azurite">The store.</param>
    /// <param name="functions">A type whose methods with triggers are the functions.</param>
    /// <param name="settings">More settings; those that begin with <c>host:</c> stand for host.json.</param>
    public static async Task<TestApp> StartAsync(Azurite azurite, Type functions, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = azurite.ConnectionString,
            ["Holdfast:Storage:Container"] = "app",
        }).AddInMemoryCollection(settings.Where(one => !one.Name.StartsWith("host:", StringComparison.Ordinal))
            .Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))).Build();
        var hostJson = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["extensions:durableTask:hubName"] = $"app{Interlocked.Increment(ref _hubs)}",
        }).AddInMemoryCollection(settings.Where(one => one.Name.StartsWith("host:", StringComparison.Ordinal))
            .Select(one => KeyValuePair.Create(one.Name["host:".Length..], (string?)one.Value))).Build();
        var extension = new DurableExtension();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        extension.ConfigureServices(builder.Services, configuration, hostJson);
        builder.Services.AddSingleton<IFunctionInvoker>(services => new Invoker(extension, services));
        var app = builder.Build();
        foreach (var method in functions.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
        {
            var trigger = method.GetParameters().FirstOrDefault(parameter =>
                parameter.IsDefined(typeof(OrchestrationTriggerAttribute)) || parameter.IsDefined(typeof(ActivityTriggerAttribute)));
            if (trigger is not null && !extension.TryAdd(new FunctionDescriptor(method.Name, method, trigger), app.Services))
            {
                throw new InvalidOperationException($"{method.Name} was not taken.");
            }
        }

        extension.MapEndpoints(app);
        await app.StartAsync();
        return new TestApp(app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class Invoker(DurableExtension extension, IServiceProvider services) : IFunctionInvoker
    {
        public async Task<object?> InvokeAsync(FunctionDescriptor function, object? trigger, CancellationToken cancellationToken)
        {
            await using var scope = services.CreateAsyncScope();
            var arguments = function.Method.GetParameters().Select(parameter => Argument(parameter, function, trigger, scope.ServiceProvider, cancellationToken));
            var result = function.Method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [.. arguments], null);
            if (result is not Task task)
            {
                return result;
            }

            await task;
            return task.GetType().GetProperty("Result") is { } property && property.PropertyType.Name != "VoidTaskResult" ? property.GetValue(task) : null;
        }

        private object? Argument(
            ParameterInfo parameter, FunctionDescriptor function, object? trigger, IServiceProvider scope, CancellationToken cancellationToken)
        {
            if (parameter == function.Trigger)
            {
                return trigger;
            }

            return parameter.ParameterType == typeof(CancellationToken) ? cancellationToken
                : extension.TryBind(parameter, scope, out var value) ? value
                : throw new InvalidOperationException(parameter.Name);
        }
    }
}
