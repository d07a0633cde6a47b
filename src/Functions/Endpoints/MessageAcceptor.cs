using Holdfast.Configuration;
using Holdfast.Functions.Status;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Holdfast.Functions.Endpoints;

/// <summary>
/// What all endpoints do with a message they let in: into the inbox, signal, answer. In this order: a 2xx means it is durable (I3).
/// </summary>
public sealed partial class MessageAcceptor(
    InboxStore inbox, SessionDirectory sessions, SessionSignal signal, HoldfastConfiguration configuration, TimeProvider clock,
    ILogger<MessageAcceptor> log)
{
    public async Task<IResult> HandleAsync(WebhookOutcome outcome, DurableTaskClient client, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case WebhookOutcome.Echo echo:
                return Results.Text(echo.Text);
            case WebhookOutcome.Ignored ignored:
                return Results.Ok(new { accepted = false, reason = ignored.Reason });
            case WebhookOutcome.Refused refused:
                LogRefused(log, refused.Kind, refused.Detail);
                return Problems.Of(refused);
            case WebhookOutcome.Accepted message:
                return await AcceptAsync(message, client, cancellationToken) switch
                {
                    AcceptOutcome.Accepted accepted => Results.Ok(new { accepted = true, turnId = accepted.Turn.Value }),
                    AcceptOutcome.Repeated repeated => Results.Ok(new { accepted = true, turnId = repeated.Turn.Value, repeated = true }),
                    AcceptOutcome.Conflicting =>
                        Problems.Of(StatusCodes.Status409Conflict, "This delivery id came before with other content."),
                    _ => Results.Ok(new { accepted = false, reason = "NotInThisThread" }),
                };
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <returns>Null when the message is for a session that does not exist.</returns>
    public async Task<AcceptOutcome?> AcceptAsync(
        WebhookOutcome.Accepted request, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var key = request.Message.SessionKey;
        if (request.NeedsSession && await sessions.FindAsync(key, cancellationToken) is null)
        {
            return null;
        }

        var message = request.Message with { ReceivedAt = clock.GetUtcNow() };
        if (System.Text.Encoding.UTF8.GetByteCount(message.Text) > configuration.Limits.MaxMessageBytes)
        {
            message = message with { Text = TextCut.ToBytes(message.Text, configuration.Limits.MaxMessageBytes) };
        }

        var accepted = await inbox.AcceptAsync(message, cancellationToken);
        if (accepted is AcceptOutcome.Accepted or AcceptOutcome.Repeated { IsFinished: false })
        {
            LogAccepted(log, message.DeliveryId.Turn.Value, key.Hash, accepted.GetType().Name);
            await signal.SendAsync(client, key, cancellationToken);
        }

        return accepted;
    }

    [LoggerMessage(EventId = 2000, Level = LogLevel.Information, Message = "Message of turn {Turn} for session {Session}: {Outcome}")]
    private static partial void LogAccepted(ILogger logger, string turn, string session, string outcome);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "A request was refused ({Kind}): {Detail}")]
    private static partial void LogRefused(ILogger logger, WebhookRefusal kind, string detail);
}
