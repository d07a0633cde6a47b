using Holdfast.Embedded.Durable.Dispatch;
using Microsoft.DurableTask.Client;

namespace Holdfast.Embedded.Durable.Client;

/// <summary>Filters and pages instances. A continuation token is the last instance id of the page before.</summary>
internal static class InstanceQuery
{
    /// <param name="views">All instances, by id.</param>
    /// <param name="query">The filter.</param>
    /// <param name="hubName">The one hub that is served.</param>
    /// <param name="continuation">Where to go on; null or empty: at the beginning.</param>
    /// <param name="pageSize">Rows a page.</param>
    public static (IReadOnlyList<InstanceView> Rows, string? ContinuationToken) PageOf(
        IReadOnlyList<InstanceView> views, OrchestrationQuery query, string hubName, string? continuation, int pageSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        if (query.TaskHubNames is { } names && !names.Contains(hubName, StringComparer.OrdinalIgnoreCase))
        {
            return ([], null);
        }

        var rows = views
            .Where(view => string.IsNullOrEmpty(continuation) || string.CompareOrdinal(view.InstanceId, continuation) > 0)
            .Where(view => IsMatch(view, query))
            .Take(pageSize + 1)
            .ToList();
        return rows.Count > pageSize ? (rows[..pageSize], rows[pageSize - 1].InstanceId) : (rows, null);
    }

    public static bool IsMatch(InstanceView view, OrchestrationQuery query) =>
        (query.CreatedFrom is not { } from || view.CreatedAt >= from)
        && (query.CreatedTo is not { } to || view.CreatedAt <= to)
        && (query.Statuses is not { } statuses || !statuses.Any() || statuses.Contains(view.Status))
        && (query.InstanceIdPrefix is not { } prefix || view.InstanceId.StartsWith(prefix, StringComparison.Ordinal));
}
