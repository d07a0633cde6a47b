using Holdfast.Embedded.Http;
using Microsoft.AspNetCore.Http;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Access to the HTTP request of an invocation.</summary>
public static class FunctionContextExtensions
{
    /// <summary>
    /// The request's context, or null when the trigger is another one. Middleware sees it only if it was added after
    /// <c>ConfigureFunctionsWebApplication</c>.
    /// </summary>
    public static HttpContext? GetHttpContext(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items.TryGetValue(HttpStep.HttpContextKey, out var item) ? item as HttpContext : null;
    }
}
