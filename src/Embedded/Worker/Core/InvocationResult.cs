namespace Microsoft.Azure.Functions.Worker;

/// <summary>The result of an invocation; middleware may replace it after the function ran.</summary>
public abstract class InvocationResult : InvocationResult<object>;

/// <summary>The result of an invocation, typed.</summary>
public abstract class InvocationResult<T>
{
    /// <summary>What the function returned.</summary>
    public abstract T? Value { get; set; }
}
