namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>Runs around every invocation, whatever triggers it. One instance serves all invocations.</summary>
public interface IFunctionsWorkerMiddleware
{
    /// <summary>Does its part and calls <paramref name="next"/>, or leaves it out to end the invocation here.</summary>
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
