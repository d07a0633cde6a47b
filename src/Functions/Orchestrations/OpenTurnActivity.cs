using Holdfast.Sessions;
using Holdfast.Turns;
using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Functions.Orchestrations;

/// <summary>Takes the session's next message.</summary>
public sealed class OpenTurnActivity(TurnOpener opener)
{
    /// <returns>Null when the inbox is empty.</returns>
    [Function(nameof(OpenTurnActivity))]
    public Task<TurnReference?> RunAsync([ActivityTrigger] string sessionKey, CancellationToken cancellationToken) =>
        opener.OpenAsync(SessionKey.Parse(sessionKey), cancellationToken);
}
