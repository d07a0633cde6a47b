using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Holdfast.Embedded.Http;

/// <summary>The methods a function answers; empty for all.</summary>
internal sealed record FunctionMethods(IReadOnlyList<string> Methods)
{
    public bool Allow(string method) => Methods.Count == 0 || Methods.Contains(method, StringComparer.OrdinalIgnoreCase);

    public bool Overlap(FunctionMethods other) => Methods.Count == 0 || other.Methods.Count == 0 || Methods.Any(other.Allow);
}

/// <summary>
/// Matches by method as the real host does, where a method is a route constraint: a wrong one is 404 (not 405), and another
/// function with a less specific route may take the request.
/// </summary>
internal sealed class FunctionMethodsPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    // Before the policies of ASP.NET that tell candidates apart.
    public override int Order => -10_000;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<FunctionMethods>() is { Methods.Count: > 0 });
    }

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        ArgumentNullException.ThrowIfNull(candidates);
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i)
                && candidates[i].Endpoint.Metadata.GetMetadata<FunctionMethods>() is { } methods
                && !methods.Allow(httpContext.Request.Method))
            {
                candidates.SetValidity(i, false);
            }
        }

        return Task.CompletedTask;
    }
}
