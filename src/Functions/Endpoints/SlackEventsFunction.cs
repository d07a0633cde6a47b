using Holdfast.Channels.Slack;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Endpoints;

/// <summary><c>POST /api/slack/events</c>: Slack's Events API. Proven by Slack's signature, so it takes no function key.</summary>
public sealed class SlackEventsFunction(SlackWebhookReader reader, MessageAcceptor acceptor)
{
    [Function("SlackEvents")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "slack/events")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        if (await RawBody.ReadAsync(request, SlackWebhookReader.MaxBodyBytes, cancellationToken) is not { } body)
        {
            return Problems.TooLarge(SlackWebhookReader.MaxBodyBytes);
        }

        var outcome = reader.Read(body, request.Headers["X-Slack-Request-Timestamp"], request.Headers["X-Slack-Signature"]);
        return await acceptor.HandleAsync(outcome, client, cancellationToken);
    }
}
