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
        if (await FindAsync(key, cancellationToken) is not { } found)
        {
            return NotThere();
        }

        var pending = 0;
        await foreach (var item in inbox.ListAsync(found.Key, cancellationToken))
        {
            pending += item.Kind == InboxKind.Message ? 1 : 0;
        }

        var view = await transcripts.ReadAsync(SessionId.Parse(found.Record.SessionId), found.Record.ActiveSegment, cancellationToken);
        var instance = await client.GetInstanceAsync(SessionOrchestrator.InstanceIdOf(found.Key.Hash), getInputsAndOutputs: true, cancellationToken);
        return Results.Json(new
        {
            sessionKey = found.Key.Value,
            sessionId = found.Record.SessionId,
            lifecycleRevision = found.Record.LifecycleRevision,
            pendingMessages = pending,
            setAside = await inbox.CountSetAsideAsync(found.Key, cancellationToken),
            progress = view is null ? SessionProgress.Idle : SessionProgress.Of(view),
            transcript = new { segment = view?.Segment ?? found.Record.ActiveSegment, length = view?.Length ?? 0, isHeld = view?.IsLeased ?? false },
            owner = SessionOwner.Of(view?.Claim),
            lease = view is { IsLeased: true } ? "held" : "free",
            orchestration = instance is null
                ? null
                : new { id = instance.InstanceId, runtimeStatus = instance.RuntimeStatus.ToString(), customStatus = instance.ReadCustomStatusAs<SessionStatus>() },
        });
    }

    private async Task<(SessionKey Key, SessionRecord Record)?> FindAsync(string key, CancellationToken cancellationToken) =>
        RouteKey.Read(key) is { } parsed && await sessions.FindAsync(parsed, cancellationToken) is { } record
            ? (parsed, record)
            : null;

    private static IResult NotThere() => Problems.Of(StatusCodes.Status404NotFound, "There is no session of this key.");
}
