using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Embedded.Invocation;

/// <summary>The result of one invocation, where function, middleware and host meet.</summary>
internal sealed class ReturnedValue : InvocationResult
{
    public override object? Value { get; set; }
}
