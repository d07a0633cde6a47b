using Holdfast.Channels.Hooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Endpoints;

/// <summary>
/// <c>POST /api/hooks/{name}</c>: GitHub and generic webhooks. Proven by the hook's own secret, so it takes no function key.
/// </summary>
public sealed class HooksFunction(WebhookReader reader, MessageAcceptor acceptor)
{
    [Function("Hooks")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hooks/{name}")] HttpRequest request,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        if (reader.MaxBodyBytes(name) is not { } maxBytes)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "There is no hook of this name.");
        }

        return await RawBody.ReadAsync(request, maxBytes, cancellationToken) is { } body
            ? await acceptor.HandleAsync(reader.Read(name, body, header => request.Headers[header]), client, cancellationToken)
            : Problems.TooLarge(maxBytes);
    }
}
