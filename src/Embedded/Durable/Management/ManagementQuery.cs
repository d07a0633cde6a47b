using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace Holdfast.Embedded.Durable.Management;

/// <summary>Query values as the public extension reads them: what cannot be read counts as not given.</summary>
internal static class ManagementQuery
{
    public static bool Flag(IQueryCollection query, string name, bool otherwise) =>
        bool.TryParse(query[name], out var value) ? value : otherwise;

    public static DateTimeOffset? Time(IQueryCollection query, string name) =>
        DateTimeOffset.TryParse(query[name], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value) ? value : null;

    public static double? Seconds(IQueryCollection query, string name) =>
        double.TryParse(query[name], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= 0 ? value : null;

    public static int PageSize(IQueryCollection query) =>
        int.TryParse(query["top"], NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : OrchestrationQuery.DefaultPageSize;

    /// <summary>Comma-separated or repeated; null when none is valid.</summary>
    public static IReadOnlyList<OrchestrationRuntimeStatus>? Statuses(IQueryCollection query)
    {
        var statuses = new List<OrchestrationRuntimeStatus>();
        foreach (var name in query["runtimeStatus"].SelectMany(static value => (value ?? "").Split(',')))
        {
            if (Enum.TryParse<OrchestrationRuntimeStatus>(name, out var status))
            {
                statuses.Add(status);
            }
        }

        return statuses.Count == 0 ? null : statuses;
    }

    public static string? Text(IQueryCollection query, string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
}
