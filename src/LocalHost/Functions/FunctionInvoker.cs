using System.Collections.Concurrent;
using Holdfast.LocalHost.Workers;
using Holdfast.LocalHost.Workers.Protocol;
using Microsoft.Azure.WebJobs;

namespace Holdfast.LocalHost.Functions;

/// <summary>Runs functions on the worker: what the WebJobs SDK triggers, and what HTTP requests ask for.</summary>
internal sealed class FunctionInvoker
{
    private readonly Dictionary<string, FunctionDefinition> _functions;
    private readonly WorkerSupervisor _workers;
    private readonly ConcurrentDictionary<string, ParameterBinding[]> _httpInputs = new();

    public FunctionInvoker(IReadOnlyList<FunctionDefinition> functions, WorkerSupervisor workers)
    {
        _functions = functions.ToDictionary(function => function.Name);
        _workers = workers;
        Methods = FunctionMethods.Emit(functions, InvokeAsync);
    }

    /// <summary>The functions as the WebJobs SDK finds them.</summary>
    public Type Methods { get; }

    /// <summary>Asks the SDK once what the inputs of HTTP functions are: they do not change while the host runs.</summary>
    public Task BindHttpInputsAsync(IJobHost jobs) =>
        Task.WhenAll(_functions.Values.Where(function => function.IsHttp).Select(function => jobs.CallAsync(function.Name)));

    /// <summary>An invocation of an HTTP function; its request reaches the worker beside it.</summary>
    /// <exception cref="WorkerProcessExitException">The worker ended.</exception>
    /// <exception cref="FunctionFailedException">The function failed.</exception>
    /// <exception cref="OperationCanceledException">The function obeyed <paramref name="cancellationToken"/>.</exception>
    public Task InvokeHttpAsync(Worker worker, FunctionDefinition function, Invocation invocation, CancellationToken cancellationToken)
    {
        var request = new ParameterBinding { Name = function.Trigger.Name, Data = new TypedData { Http = new RpcHttp() } };
        return worker.InvokeAsync(function, invocation, [request, .. _httpInputs[function.Name]], cancellationToken);
    }

    /// <summary>What the emitted methods call.</summary>
    private async Task<object?> InvokeAsync(string name, object?[] arguments)
    {
        var function = _functions[name];
        ParameterBinding[] inputs =
        [
            .. FunctionMethods.ParametersOf(function)
                .Zip(arguments, (binding, value) => new ParameterBinding { Name = binding.Name, Data = TypedValue.ToProtocol(value) }),
        ];
        if (function.IsHttp)
        {
            _httpInputs[name] = inputs;
            return null;
        }

        var cancellationToken = (CancellationToken)arguments[^1]!;
        var worker = await _workers.ReadyAsync(cancellationToken);
        return TypedValue.FromProtocol(await worker.InvokeAsync(function, Invocation.New(), inputs, cancellationToken));
    }
}
