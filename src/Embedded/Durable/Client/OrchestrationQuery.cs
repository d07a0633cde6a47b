namespace Microsoft.DurableTask.Client;

/// <summary>Which instances to list. Null means any.</summary>
/// <param name="CreatedFrom">Created at or after.</param>
/// <param name="CreatedTo">Created at or before.</param>
/// <param name="Statuses">In one of these.</param>
/// <param name="TaskHubNames">One task hub is served here: anything else than its name answers nothing.</param>
/// <param name="InstanceIdPrefix">Ids that begin with this text.</param>
/// <param name="PageSize">Rows a page; at least 1.</param>
/// <param name="FetchInputsAndOutputs">True to have input, output, custom status and failure too.</param>
/// <param name="ContinuationToken">Where to go on.</param>
public record OrchestrationQuery(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null,
    IEnumerable<string>? TaskHubNames = null,
    string? InstanceIdPrefix = null,
    int PageSize = OrchestrationQuery.DefaultPageSize,
    bool FetchInputsAndOutputs = false,
    string? ContinuationToken = null)
{
    public const int DefaultPageSize = 100;
}
