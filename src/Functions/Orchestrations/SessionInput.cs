using System.Text.Json.Serialization;
using Holdfast.Sessions;

namespace Holdfast.Functions.Orchestrations;

/// <summary>What a session's orchestration is started with.</summary>
/// <param name="SessionKey">Whose inbox it drains.</param>
/// <param name="EndedOrchestration">
/// The execution before this one, when it failed or was terminated: a claim that names it has no owner any more.
/// </param>
/// <param name="IsTerminated">It was terminated, by an operator: the turn that it had begun gets its notice, not an answer.</param>
public sealed record SessionInput(SessionKey SessionKey, string? EndedOrchestration = null, bool IsTerminated = false);

/// <summary>
/// The custom status of a session's orchestration: what the orchestration itself knows. How far a turn has come is read from the session's
/// transcript.
/// </summary>
/// <param name="Phase">idle, turn, tools, delivering, waiting.</param>
/// <param name="Orchestration">This execution's mark, which its claims carry.</param>
/// <param name="Until">When a turn goes on that is put off, as a platform or a provider wants a pause; null otherwise.</param>
public sealed record SessionStatus(
    [property: JsonPropertyName("phase")] string Phase,
    [property: JsonPropertyName("orchestration")] string Orchestration,
    [property: JsonPropertyName("until")] DateTimeOffset? Until = null)
{
    /// <summary>Waits for a signal.</summary>
    public const string Idle = "idle";

    /// <summary>Asks the model.</summary>
    public const string Turn = "turn";

    /// <summary>Runs tools.</summary>
    public const string Tools = "tools";

    /// <summary>Delivers what no step could.</summary>
    public const string Delivering = "delivering";

    /// <summary>Somebody else holds the session, storage is out of reach, or somebody wants a pause.</summary>
    public const string Waiting = "waiting";
}
