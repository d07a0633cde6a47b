using Microsoft.Azure.Functions.Worker.Middleware;

namespace Holdfast.Embedded.Invocation;

/// <summary>The steps around a function, in the order in which they were added; the function itself is the last.</summary>
internal sealed class InvocationPipeline
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _steps = [];

    public void Add(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> step) => _steps.Add(step);

    public FunctionExecutionDelegate Build()
    {
        FunctionExecutionDelegate pipeline = static async context =>
        {
            var invocation = (FunctionInvocation)context;
            invocation.Returned.Value = await invocation.Plan.RunAsync(invocation);
        };
        for (var i = _steps.Count - 1; i >= 0; i--)
        {
            pipeline = _steps[i](pipeline);
        }

        return pipeline;
    }
}
