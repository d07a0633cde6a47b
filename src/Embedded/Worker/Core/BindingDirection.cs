namespace Microsoft.Azure.Functions.Worker;

/// <summary>Which way a binding carries its value.</summary>
public enum BindingDirection
{
    /// <summary>Into the function.</summary>
    In,

    /// <summary>Out of the function.</summary>
    Out,
}
