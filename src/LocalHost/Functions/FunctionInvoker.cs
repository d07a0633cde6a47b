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
    private readonly ConcurrentDictionary<string, Lazy<Task<ParameterBinding[]>>> _httpInputs = new();
    private readonly ConcurrentDictionary<string, ParameterBinding[]> _bound = new();

    private readonly Task<IJobHost> _jobs;

    /// <param name="functions">The app's.</param>
    /// <param name="workers">What runs them.</param>
    /// <param name="jobs">The SDK's host, once it has started.</param>
    public FunctionInvoker(IReadOnlyList<FunctionDefinition> functions, WorkerSupervisor workers, Task<IJobHost> jobs)
    {
        _jobs = jobs;
        _functions = functions.ToDictionary(function => function.Name);
        _workers = workers;
        Methods = FunctionMethods.Emit(functions, InvokeAsync);
    }

    /// <summary>The functions as the WebJobs SDK finds them.</summary>
    public Type Methods { get; }

    /// <summary>An invocation of an HTTP function; its request reaches the worker beside it.</summary>
    /// <exception cref="WorkerProcessExitException">The worker ended.</exception>
    /// <exception cref="FunctionFailedException">The function failed.</exception>
    public async Task InvokeHttpAsync(
        Worker worker, FunctionDefinition function, Invocation invocation, CancellationToken cancellationToken)
    {
        // What the other bindings give does not change while the host runs: the SDK is asked for it once.
        var inputs = await _httpInputs.GetOrAdd(function.Name, _ => new(() => BindAsync(function))).Value;
        var request = new ParameterBinding { Name = function.Trigger.Name, Data = new TypedData { Http = new RpcHttp() } };
        await worker.InvokeAsync(function.Name, invocation, [request, .. inputs], cancellationToken);
    }

    private async Task<ParameterBinding[]> BindAsync(FunctionDefinition function)
    {
        if (function.Inputs.Count == 0)
        {
            return [];
        }

        await (await _jobs).CallAsync(function.Name);
        return _bound[function.Name];
    }

    /// <summary>What the emitted methods call.</summary>
    private async Task<object?> InvokeAsync(string name, object?[] arguments)
    {
        var function = _functions[name];
        ParameterBinding[] inputs =
        [
            .. FunctionMethods.ParametersOf(function).Zip(arguments, (binding, value) => new ParameterBinding { Name = binding.Name, Data = TypedValue.ToProtocol(value) }),
        ];
        if (function.IsHttp)
        {
            _bound[name] = inputs;
            return null;
        }

        var cancellationToken = (CancellationToken)arguments[^1]!;
        var worker = await _workers.ReadyAsync(cancellationToken);
        return TypedValue.FromProtocol(await worker.InvokeAsync(name, Invocation.New(), inputs, cancellationToken));
    }
}
