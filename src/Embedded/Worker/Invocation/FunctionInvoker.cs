using Holdfast.Embedded.Hosting;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Invocation;

/// <summary>
/// Runs a function: scope, pipeline, activation, binding, awaiting. An invocation that is never awaited to its end (an
/// orchestrator that waits, dropped by its engine) roots nothing and is counted nowhere: the caller's token is handed on as it
/// is, and who starts invocations also waits for them when the host stops.
/// </summary>
internal sealed partial class FunctionInvoker(
    FunctionTable functions,
    FunctionExecutionDelegate pipeline,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<FunctionInvoker> logger) : IFunctionInvoker
{
    /// <exception cref="ArgumentException">The function is not one of this application.</exception>
    /// <exception cref="Exception">Whatever function or middleware threw, unwrapped; it has been logged.</exception>
    public async Task<object?> InvokeAsync(FunctionDescriptor function, object? trigger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        var plan = functions.Get(function);
        var invocationId = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        await using var scope = scopes.CreateAsyncScope();
        var invocation = new FunctionInvocation(plan, invocationId, trigger, scope.ServiceProvider, cancellationToken);
        using (logger.BeginScope(new InvocationLogScope(function.Name, invocationId)))
        {
            Started(function.Name, invocationId);
            try
            {
                await pipeline(invocation);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Cancelled(function.Name, invocationId);
                throw;
            }
            catch (Exception failure)
            {
                Failed(function.Name, invocationId, failure);
                throw;
            }

            Ended(function.Name, invocationId);
        }

        return invocation.Returned.Value;
    }
}
