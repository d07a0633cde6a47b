namespace Microsoft.DurableTask.Client;

/// <param name="Output">The terminated instance's output.</param>
/// <param name="Recursive">True to terminate running sub-orchestrations too. The public functions host ignores it.</param>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);
