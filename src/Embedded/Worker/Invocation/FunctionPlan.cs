using System.Reflection;
using Holdfast.Embedded.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Embedded.Invocation;

/// <summary>Supplies the value of one parameter.</summary>
internal delegate object? ParameterSource(FunctionInvocation invocation);

/// <summary>All that is found out about a function once, so that an invocation only runs it.</summary>
internal sealed class FunctionPlan(FunctionDescriptor function, FunctionDefinition definition, ParameterSource[] parameters)
{
    private readonly MethodInvoker _method = MethodInvoker.Create(function.Method);
    private readonly Func<object?, ValueTask<object?>> _await = ResultReader.For(function.Method.ReturnType);
    private readonly ObjectFactory? _factory =
        function.Method.IsStatic ? null : ActivatorUtilities.CreateFactory(function.Method.ReflectedType!, Type.EmptyTypes);

    public FunctionDescriptor Function { get; } = function;

    public FunctionDefinition Definition { get; } = definition;

    /// <summary>Creates the class, binds the parameters, runs the method and awaits it; exceptions come through unwrapped.</summary>
    public ValueTask<object?> RunAsync(FunctionInvocation invocation)
    {
        var instance = _factory?.Invoke(invocation.InstanceServices, null);
        var arguments = new object?[parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = parameters[i](invocation);
        }

        return _await(_method.Invoke(instance, arguments.AsSpan()));
    }
}
