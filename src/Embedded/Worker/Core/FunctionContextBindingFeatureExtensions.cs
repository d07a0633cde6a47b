using Holdfast.Embedded.Invocation;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Access to the result of an invocation from middleware.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>The result as it stands; its value is null until the function has returned.</summary>
    /// <exception cref="InvalidOperationException">The context was not made by this host.</exception>
    public static InvocationResult GetInvocationResult(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<ReturnedValue>()
            ?? throw new InvalidOperationException("This function context was not made by the embedded host.");
    }
}
