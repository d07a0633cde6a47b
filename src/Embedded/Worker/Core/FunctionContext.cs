namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// One invocation of a function. The public package has three more members (trace, binding and retry context); they are
/// not supplied here, so that code which needs them does not compile instead of reading something else.
/// </summary>
public abstract class FunctionContext
{
    /// <summary>Unique per invocation.</summary>
    public abstract string InvocationId { get; }

    /// <summary>The same for every invocation of one function; opaque.</summary>
    public abstract string FunctionId { get; }

    /// <summary>The scope of this invocation. It ends with the invocation.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    /// <summary>What is known of the function before it runs.</summary>
    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>A place for middleware to leave things for later middleware.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    /// <summary>Features by type.</summary>
    public abstract IInvocationFeatures Features { get; }

    /// <summary>Fires when the host stops and, for an HTTP function, when the caller has gone.</summary>
    public virtual CancellationToken CancellationToken { get; } = CancellationToken.None;
}
