using Holdfast.Functions.Endpoints;
using Holdfast.Functions.Status;
using Holdfast.Turns.Control;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Operators;

/// <summary>
/// <c>POST /api/sessions/{key}/lease/break</c> with <c>{ "by": "name" }</c>: frees a session whose holder an operator knows to be gone.
/// Answers with what was broken, and signals, so that whoever waits comes in.
/// </summary>
public sealed class LeaseBreakFunction(LeaseBreaker breaker, SessionSignal signal)
{
    private const int MaxBodyBytes = 4 * 1024;

    [Function("LeaseBreak")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "sessions/{key}/lease/break")] HttpRequest request,
        string key,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        if (RouteKey.Read(key) is not { } session)
        {
            return Problems.NoSessionKey();
        }

        if (await RawBody.ReadAsync(request, MaxBodyBytes, cancellationToken) is not { } body)
        {
            return Problems.TooLarge(MaxBodyBytes);
        }

        if (OperatorName.Read(body.Span) is not { } name)
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest, "The body reads { \"by\": \"…\" }: who breaks the lease, 1 to 128 printable characters.");
        }

        switch (await breaker.BreakAsync(session, name.By, cancellationToken))
        {
            case LeaseBreakOutcome.Broken broken:
                await signal.SendAsync(client, session, cancellationToken);
                return Results.Json(new { sessionKey = session.Value, broken = true, by = name.By, owner = SessionOwner.Of(broken.Claim) });
            case LeaseBreakOutcome.NotHeld:
                return Results.Json(new { sessionKey = session.Value, broken = false });
            default:
                return Problems.NoSession();
        }
    }
}
