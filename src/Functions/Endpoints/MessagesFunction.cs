using Holdfast.Configuration;
using Holdfast.Functions.Orchestrations;
using Holdfast.Functions.Status;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Turns;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Endpoints;

/// <summary>
/// <c>POST /api/sessions/{key}/messages</c>: a message over plain HTTP. Answers 202 with the links of the orchestration's management
/// API. An <c>Idempotency-Key</c> header makes a repeated request the same message.
/// </summary>
public sealed class MessagesFunction(
    MessageAcceptor acceptor, IAgentDirectory agents, HoldfastConfiguration configuration, IdSource ids, TimeProvider clock)
{
    /// <summary>JSON may write a character in six bytes, and the text is not alone in the body.</summary>
    private int MaxBodyBytes => (configuration.Limits.MaxMessageBytes * 6) + 1024;

    [Function("Messages")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "sessions/{key}/messages")] HttpRequest request,
        string key,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        if (RouteKey.Read(key) is not { } session)
        {
            return Problems.NoSessionKey();
        }

        if (agents.Find(session.AgentId) is null)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "There is no agent of this name.");
        }

        if (await RawBody.ReadAsync(request, MaxBodyBytes, cancellationToken) is not { } body)
        {
            return Problems.TooLarge(MaxBodyBytes);
        }

        if (PostedMessage.Read(body.Span, out var reason) is not { } message)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, reason);
        }

        if (System.Text.Encoding.UTF8.GetByteCount(message.Text) > configuration.Limits.MaxMessageBytes)
        {
            return Problems.Of(
                StatusCodes.Status413PayloadTooLarge, $"A message has at most {configuration.Limits.MaxMessageBytes} bytes.");
        }

        return await AcceptAsync(request, session, message.Text, client, cancellationToken);
    }

    private async Task<IResult> AcceptAsync(
        HttpRequest request, SessionKey session, string text, DurableTaskClient client, CancellationToken cancellationToken)
    {
        string? given = request.Headers["Idempotency-Key"];
        if (given is { Length: > 128 } || given?.Any(char.IsControl) == true)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "An Idempotency-Key has at most 128 printable characters.");
        }

        var delivery = DeliveryId.Parse($"http:{session.Hash}:{(string.IsNullOrWhiteSpace(given) ? ids.NewNonce() : given)}");
        var message = new InboundMessage(delivery, session, text, MessagePriority.User, clock.GetUtcNow(), new ReplyTarget.Stored());
        if (await acceptor.AcceptAsync(new WebhookOutcome.Accepted(message), client, cancellationToken) is AcceptOutcome.Conflicting)
        {
            return Problems.Of(StatusCodes.Status409Conflict, "This Idempotency-Key came before with another text.");
        }

        var links = new ManagementLinks(request, SessionOrchestrator.InstanceIdOf(session.Hash), session.Value, delivery.Turn.Value);
        return Results.Accepted(links.StatusQueryGetUri, links);
    }
}
