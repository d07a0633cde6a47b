namespace Microsoft.DurableTask.Client;

/// <param name="Recursive">True to purge ended sub-orchestrations too.</param>
public record PurgeInstanceOptions(bool Recursive = false);
