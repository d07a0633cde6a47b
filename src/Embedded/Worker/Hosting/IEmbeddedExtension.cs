using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Embedded.Hosting;

/// <summary>A method that carries <c>[Function]</c>, with the parameter that triggers it.</summary>
/// <param name="Name">The function's name, unique without regard to case.</param>
/// <param name="Method">The method; its class is created per invocation from the invocation's services.</param>
/// <param name="Trigger">The parameter with a trigger attribute.</param>
public sealed record FunctionDescriptor(string Name, MethodInfo Method, ParameterInfo Trigger);

/// <summary>Runs a function: scope, middleware, class activation, parameter binding, awaiting of the answer.</summary>
public interface IFunctionInvoker
{
    /// <summary>Invokes <paramref name="function"/> with <paramref name="trigger"/> as the value of its trigger parameter.</summary>
    /// <returns>The method's result; null for void, Task and ValueTask.</returns>
    Task<object?> InvokeAsync(FunctionDescriptor function, object? trigger, CancellationToken cancellationToken);
}

/// <summary>A trigger family that is not built into the worker (Durable is one).</summary>
public interface IEmbeddedExtension
{
    /// <summary>Adds services before the application is built. <paramref name="hostJson"/> is host.json as configuration.</summary>
    void ConfigureServices(IServiceCollection services, IConfiguration configuration, IConfiguration hostJson);

    /// <summary>True when the trigger is this extension's: the worker then leaves the function to it. Called once per function, before start.</summary>
    bool TryAdd(FunctionDescriptor function, IServiceProvider services);

    /// <summary>True when this extension supplies the value of a parameter that is not a trigger (for example a client binding).</summary>
    bool TryBind(ParameterInfo parameter, IServiceProvider services, out object? value);

    /// <summary>Adds the extension's own HTTP endpoints (outside of the function route prefix).</summary>
    void MapEndpoints(IEndpointRouteBuilder endpoints);
}

/// <summary>Names an extension of the embedded worker in its assembly; the worker looks at every assembly beside the entry assembly.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class EmbeddedExtensionAttribute(Type extension) : Attribute
{
    /// <summary>The type that implements <see cref="IEmbeddedExtension"/>; has a constructor without parameters.</summary>
    public Type Extension { get; } = extension;
}
