using System.Reflection;
using Holdfast.Embedded.Http;
using Holdfast.Embedded.Invocation;
using Holdfast.Embedded.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Hosting;

/// <summary>Puts the functions, the endpoints and the extensions into a built application.</summary>
internal sealed partial class WorkerAssembly(WebApplication app, WorkerSetup setup, IConfiguration hostJson, bool servesHttp)
{
    private readonly IServiceProvider _services = app.Services;
    private readonly ILogger<WorkerAssembly> _logger = app.Services.GetRequiredService<ILogger<WorkerAssembly>>();
    private readonly ParameterSources _parameters = new(setup.Extensions, app.Services);
    private readonly HttpRoutes _routes = new(app, RoutePrefix(hostJson));

    /// <exception cref="HostStartException">A function that cannot work; the message names its method.</exception>
    public void Assemble()
    {
        app.UseRouting();
        app.Use(next => http => _services.GetRequiredService<KeyGate>().InvokeAsync(http, next));
        MapHostEndpoints();
        foreach (var function in FunctionDiscovery.Find(setup.Types))
        {
            if (FunctionDiscovery.IsEnabled(function, app.Configuration, hostJson))
            {
                Add(function);
            }
            else
            {
                SwitchedOff(function.Name);
            }
        }

        app.UseEndpoints(static _ => { });
    }

    private void MapHostEndpoints()
    {
        app.MapGet("/admin/host/status", HostStatus.AnswerAsync).WithMetadata(new RequiredLevel(AuthorizationLevel.Admin));
        var guarded = app.MapGroup("").WithMetadata(new RequiredLevel(AuthorizationLevel.System));
        foreach (var extension in setup.Extensions)
        {
            extension.MapEndpoints(guarded);
        }
    }

    private void Add(FunctionDescriptor function)
    {
        var http = function.Trigger.GetCustomAttribute<HttpTriggerAttribute>();
        var route = http is null ? null : ReadHttp(function, http);
        // Before an extension learns of the function: it may start instances as soon as it does.
        _services.GetRequiredService<FunctionTable>()
            .Add(new FunctionPlan(function, new PlannedDefinition(function), _parameters.For(function, route)));
        if (route is not null)
        {
            _routes.Map(function, http!, route);
        }
        else if (function.Trigger.GetCustomAttribute<TimerTriggerAttribute>() is { } timer)
        {
            _services.GetRequiredService<TimerRunner>().Add(TimerFunction.Read(function, timer, app.Configuration));
        }
        else if (!setup.Extensions.Any(extension => extension.TryAdd(function, _services)))
        {
            throw Refuse(function, $"no extension serves the trigger of its parameter '{function.Trigger.Name}'");
        }
    }

    private RoutePattern ReadHttp(FunctionDescriptor function, HttpTriggerAttribute trigger)
    {
        if (!servesHttp)
        {
            throw Refuse(function, "HTTP functions need ConfigureFunctionsWebApplication() on the builder");
        }

        if (function.Trigger.ParameterType != typeof(HttpRequest))
        {
            throw Refuse(function, "the parameter of an HTTP trigger has to be an ASP.NET HttpRequest");
        }

        var result = ResultReader.Awaited(function.Method.ReturnType);
        return result == typeof(void) || result == typeof(object) || result.IsAssignableTo(typeof(IActionResult)) || result.IsAssignableTo(typeof(IResult))
            ? _routes.Parse(function, trigger)
            : throw Refuse(function, "an HTTP function returns IActionResult, IResult or nothing; the public worker drops anything else");
    }

    private static string RoutePrefix(IConfiguration hostJson) => (hostJson["extensions:http:routePrefix"] ?? "api").Trim('/');

    private static HostStartException Refuse(FunctionDescriptor function, string reason)
        => new($"{MethodNames.Of(function.Method)} cannot be a function: {reason}.");

    [LoggerMessage(9063, LogLevel.Information, "Function {FunctionName} is switched off by a setting")]
    private partial void SwitchedOff(string functionName);
}
