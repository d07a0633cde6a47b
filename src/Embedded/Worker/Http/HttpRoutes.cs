using Holdfast.Embedded.Hosting;
using Holdfast.Embedded.Invocation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Http;

/// <summary>Maps HTTP functions below the route prefix and refuses routes that cannot work.</summary>
internal sealed class HttpRoutes(IEndpointRouteBuilder endpoints, string routePrefix)
{
    private readonly List<(string Template, FunctionMethods Methods, string Function)> _mapped = [];
    private readonly IInlineConstraintResolver _constraints = endpoints.ServiceProvider.GetRequiredService<IInlineConstraintResolver>();

    /// <summary>The function's route below the prefix, parsed and checked.</summary>
    /// <exception cref="HostStartException">The template is not valid, uses an unknown constraint or a path of the host itself.</exception>
    public RoutePattern Parse(FunctionDescriptor function, HttpTriggerAttribute trigger)
    {
        var route = (string.IsNullOrEmpty(trigger.Route) ? function.Name : trigger.Route).Trim('/');
        var template = routePrefix.Length == 0 ? route : $"{routePrefix}/{route}";
        if (IsHostPath(template))
        {
            throw Refuse(function, $"its route '{template}' lies below a path of the host (admin, runtime)");
        }

        RoutePattern pattern;
        try
        {
            pattern = RoutePatternFactory.Parse(template);
        }
        catch (RoutePatternException failure)
        {
            throw Refuse(function, $"its route '{template}' is not valid: {failure.Message}");
        }

        foreach (var policy in pattern.ParameterPolicies.Values.SelectMany(policies => policies))
        {
            if (policy.Content is { } constraint && _constraints.ResolveConstraint(constraint) is null)
            {
                throw Refuse(function, $"its route '{template}' uses the unknown constraint '{constraint}'");
            }
        }

        return pattern;
    }

    /// <exception cref="HostStartException">Another function has the same route and a method in common.</exception>
    public void Map(FunctionDescriptor function, HttpTriggerAttribute trigger, RoutePattern pattern)
    {
        var methods = new FunctionMethods(trigger.Methods ?? []);
        var template = pattern.RawText!;
        var rival = _mapped.Find(other => string.Equals(other.Template, template, StringComparison.OrdinalIgnoreCase) && other.Methods.Overlap(methods));
        if (rival.Function is not null)
        {
            throw Refuse(function, $"function '{rival.Function}' already has the route '{template}' with a method in common");
        }

        _mapped.Add((template, methods, function.Name));
        var services = endpoints.ServiceProvider;
        var endpoint = new HttpEndpoint(
            function,
            services.GetRequiredService<IFunctionInvoker>(),
            services.GetRequiredService<RunningInvocations>(),
            services.GetRequiredService<ILogger<HttpEndpoint>>());
        endpoints.Map(pattern, endpoint.ServeAsync)
            .WithDisplayName(function.Name)
            .WithMetadata(methods, new RequiredLevel(trigger.LevelAskedFor));
    }

    private static bool IsHostPath(string template)
    {
        var first = template.Split('/', 2)[0];
        return string.Equals(first, "admin", StringComparison.OrdinalIgnoreCase) || string.Equals(first, "runtime", StringComparison.OrdinalIgnoreCase);
    }

    private static HostStartException Refuse(FunctionDescriptor function, string reason)
        => new($"Function '{function.Name}' ({MethodNames.Of(function.Method)}) cannot be served: {reason}.");
}
