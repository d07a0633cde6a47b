using Holdfast.Functions.Endpoints;
using Holdfast.Ownership.Resets;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Functions.Operators;

/// <summary>
/// <c>POST /api/sessions/{key}/reset</c>: closes the session for good and gives its key a new one. 409 while a turn holds it;
/// <c>?force=true</c> breaks in, and the turn goes on in the new session or delivers what it has, marked.
/// </summary>
public sealed class ResetFunction(SessionReset reset)
{
    [Function("Reset")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "sessions/{key}/reset")] HttpRequest request,
        string key,
        CancellationToken cancellationToken)
    {
        if (RouteKey.Read(key) is not { } session)
        {
            return Problems.NoSessionKey();
        }

        string? given = request.Query["force"];
        if (!bool.TryParse(given ?? "false", out var force))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "force is true or false.");
        }

        return await reset.ResetAsync(session, force, cancellationToken) switch
        {
            ResetOutcome.Done done => Results.Json(new
            {
                sessionKey = session.Value,
                endedSessionId = done.Ended.Value,
                sessionId = done.Next.SessionId.Value,
                lifecycleRevision = done.Next.LifecycleRevision,
            }),
            ResetOutcome.Held held => Problems.Of(
                StatusCodes.Status409Conflict,
                $"Run {held.Claim?.RunId ?? "unknown"} holds the session. Wait for it, or break in with ?force=true."),
            ResetOutcome.Unreadable => Problems.Of(StatusCodes.Status409Conflict, "The session's transcript cannot be read."),
            ResetOutcome.Unknown => Problems.NoSession(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
