using Holdfast.Functions.Orchestrations;
using Holdfast.Functions.Status;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Holdfast.Turns.Control;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Endpoints;

/// <summary><c>GET /api/sessions/{key}</c>: what a session is, and who owns it.</summary>
public sealed class SessionFunction(SessionDirectory sessions, InboxStore inbox, TranscriptReader transcripts)
{
    [Function("Session")]
    public async Task<IResult> StatusAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "sessions/{key}")] HttpRequest request,
        string key,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        if (RouteKey.Read(key) is not { } session || await sessions.FindAsync(session, cancellationToken) is not { } record)
        {
            return Problems.NoSession();
        }

        var pending = 0;
        await foreach (var item in inbox.ListAsync(session, cancellationToken))
        {
            pending += item.Kind == InboxKind.Message ? 1 : 0;
        }

        var view = await transcripts.ReadAsync(record.SessionId, record.ActiveSegment, cancellationToken);
        var instance =
            await client.GetInstanceAsync(SessionOrchestrator.InstanceIdOf(session.Hash), getInputsAndOutputs: true, cancellationToken);
        return Results.Json(new
        {
            sessionKey = session.Value,
            sessionId = record.SessionId.Value,
            lifecycleRevision = record.LifecycleRevision,
            pendingMessages = pending,
            setAside = await inbox.CountSetAsideAsync(session, cancellationToken),
            progress = view is null ? SessionProgress.Idle : SessionProgress.Of(view),
            transcript = new
            {
                segment = view?.Segment ?? record.ActiveSegment,
                length = view?.Length ?? 0,
                isHeld = view?.IsLeased ?? false,
            },
            owner = SessionOwner.Of(view?.Claim),
            lease = view is { IsLeased: true } ? "held" : "free",
            orchestration = instance is null
                ? null
                : new
                {
                    id = instance.InstanceId,
                    runtimeStatus = instance.RuntimeStatus.ToString(),
                    customStatus = instance.ReadCustomStatusAs<SessionStatus>(),
                },
        });
    }
}
