using System.Globalization;

namespace Octokit.Internal;

/// <summary>Collects a listing page by page along its <c>next</c> links.</summary>
internal static class Listing
{
    /// <exception cref="NotFoundException">What the listing belongs to does not exist.</exception>
    public static async Task<IReadOnlyList<T>> GetAllAsync<T>(
        RestConnection connection, Uri endpoint, Dictionary<string, string> parameters, ApiOptions options)
    {
        AddPages(parameters, options);
        try
        {
            var all = new List<T>();
            var (page, response) = await connection.SendAsync<List<T>>(HttpMethod.Get, Query(endpoint, parameters), null);
            all.AddRange(page ?? []);
            while (response.ApiInfo.Links.TryGetValue("next", out var next) && GoesOn(next, options))
            {
                (page, response) = await connection.SendAsync<List<T>>(HttpMethod.Get, next, null);
                all.AddRange(page ?? []);
            }

            return all.AsReadOnly();
        }
        catch (NotFoundException)
        {
            throw new NotFoundException($"{endpoint.OriginalString} was not found.", System.Net.HttpStatusCode.NotFound);
        }
    }

    private static void AddPages(Dictionary<string, string> parameters, ApiOptions options)
    {
        if (options.PageSize is { } size)
        {
            parameters["per_page"] = size.ToString(CultureInfo.InvariantCulture);
        }

        if (options.StartPage is { } start)
        {
            parameters["page"] = start.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static Uri Query(Uri endpoint, Dictionary<string, string> parameters) =>
        parameters.Count == 0
            ? endpoint
            : new Uri(
                endpoint.OriginalString + "?" + string.Join('&', parameters.Select(p => p.Key + "=" + Uri.EscapeDataString(p.Value))),
                UriKind.Relative);

    private static bool GoesOn(Uri next, ApiOptions options)
    {
        if (options.PageCount is not { } count)
        {
            return true;
        }

        var end = ((options.StartPage ?? 1) + count).ToString(CultureInfo.InvariantCulture);
        return !next.Query.TrimStart('?').Split('&').Contains("page=" + end, StringComparer.Ordinal);
    }
}
