using System.Reflection;
using Holdfast.Embedded.Http;
using Holdfast.Embedded.Invocation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Embedded.Hosting;

/// <summary>Decides at start-up where each parameter of a function comes from.</summary>
internal sealed class ParameterSources(IReadOnlyList<IEmbeddedExtension> extensions, IServiceProvider services)
{
    /// <param name="function">The function.</param>
    /// <param name="route">The route of an HTTP function, else null.</param>
    /// <exception cref="HostStartException">A parameter that nobody supplies.</exception>
    public ParameterSource[] For(FunctionDescriptor function, RoutePattern? route)
        => [.. function.Method.GetParameters().Select(parameter => Source(function, parameter, route))];

    private ParameterSource Source(FunctionDescriptor function, ParameterInfo parameter, RoutePattern? route)
    {
        if (parameter == function.Trigger)
        {
            return route is null ? static invocation => invocation.Trigger : static invocation => ((HttpContext)invocation.Trigger!).Request;
        }

        if (parameter.ParameterType == typeof(FunctionContext))
        {
            return static invocation => invocation;
        }

        if (parameter.ParameterType == typeof(CancellationToken))
        {
            return static invocation => invocation.CancellationToken;
        }

        if (FromExtension(parameter) is { } fromExtension)
        {
            return fromExtension;
        }

        return route?.GetParameter(parameter.Name!) is not null && RouteValue.Supports(parameter.ParameterType)
            ? RouteValue.Source(parameter)
            : throw new HostStartException(
                $"{MethodNames.Of(function.Method)} cannot be a function: nothing supplies its parameter '{parameter.Name}' of type "
                + $"{parameter.ParameterType.Name}.{Hint(parameter, route)}");
    }

    private ParameterSource? FromExtension(ParameterInfo parameter)
    {
        using var scope = services.CreateScope();
        foreach (var extension in extensions)
        {
            if (extension.TryBind(parameter, scope.ServiceProvider, out _))
            {
                return invocation => extension.TryBind(parameter, invocation.InstanceServices, out var value)
                    ? value
                    : throw new InvalidOperationException($"The extension no longer supplies the parameter '{parameter.Name}'.");
            }
        }

        return null;
    }

    private static string Hint(ParameterInfo parameter, RoutePattern? route)
    {
        if (parameter.ParameterType == typeof(HttpContext))
        {
            return " The public worker gives null for it; take HttpRequest or FunctionContext.GetHttpContext().";
        }

        return route is not null && RouteValue.Supports(parameter.ParameterType)
            ? $" The route '{route.RawText}' has no parameter of this name."
            : "";
    }
}
