using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Description;
using Microsoft.Azure.WebJobs.Host.Config;

namespace Holdfast.LocalHost.Http;

/// <summary>
/// The HTTP APIs of extensions, at <c>/runtime/webhooks/{extension}</c>: the management API of the Durable extension is one.
/// </summary>
/// <param name="keys">Their key goes into the links that they hand out, as in Azure.</param>
internal sealed class ExtensionEndpoints(KeyRing keys) : IWebHookProvider
{
    private const string Root = "runtime/webhooks";
    private readonly ConcurrentDictionary<string, IAsyncConverter<HttpRequestMessage, HttpResponseMessage>> _handlers = new(
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Where this host listens.</summary>
    public Uri Address { get; set; } = new("http://localhost");

    public Uri GetUrl(IExtensionConfigProvider extension)
    {
        var section = extension.GetType().GetCustomAttribute<ExtensionAttribute>()?.ConfigurationSection ?? extension.GetType().Name;
        _handlers[section] = (IAsyncConverter<HttpRequestMessage, HttpResponseMessage>)extension;
        return new Uri(Address, $"/{Root}/{section.ToLowerInvariant()}?code={keys.ExtensionKey}");
    }

    public void Map(IEndpointRouteBuilder routes) =>
        routes.Map(Root + "/{extension}/{**rest}", (RequestDelegate)HandleAsync).WithMetadata(new RequiredLevel(AccessLevel.Extension));

    private async Task HandleAsync(HttpContext http)
    {
        if (!_handlers.TryGetValue((string)http.Request.RouteValues["extension"]!, out var handler))
        {
            await Problems.WriteAsync(http, StatusCodes.Status404NotFound, "There is no extension of this name.");
            return;
        }

        using var request = ToMessage(http.Request);
        using var answer = await handler.ConvertAsync(request, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(
            answer.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>()))
        {
            http.Response.Headers[name] = values.ToArray();
        }

        http.Response.Headers.Remove("Transfer-Encoding");
        if (answer.Content is not null)
        {
            await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
    }

    private static HttpRequestMessage ToMessage(HttpRequest request)
    {
        var address = new Uri($"{Forwarding.SchemeOf(request)}://{request.Host}{request.Path}{request.QueryString}");
        var message = new HttpRequestMessage(new HttpMethod(request.Method), address) { Content = new StreamContent(request.Body) };
        foreach (var (name, values) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                message.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return message;
    }
}
