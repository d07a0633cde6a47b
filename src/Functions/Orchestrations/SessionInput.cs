using System.Text.Json.Serialization;

namespace Holdfast.Functions.Orchestrations;

/// <summary>What a session's orchestration is started with.</summary>
/// <param name="SessionKey">Whose inbox it drains.</param>
/// <param name="EndedRun">The run that an operator ended by terminating the instance before this one: its turn gets its notice, not an answer.</param>
/// <param name="EndedOrchestration">
/// The execution before this one, when it failed or was terminated: a claim that names it has no owner any more.
/// </param>
public sealed record SessionInput(string SessionKey, string? EndedRun, string? EndedOrchestration);

/// <summary>The custom status of a session's orchestration.</summary>
/// <param name="Phase">idle, opening, waiting, thinking, streaming, tools, delivering.</param>
/// <param name="RunId">The run at work; null between turns.</param>
/// <param name="Attempt">Its newest attempt that is known; 0 before the first.</param>
/// <param name="Characters">Streamed so far in the step at work.</param>
/// <param name="Verdict">The fence's last verdict; null while no write was refused.</param>
/// <param name="Orchestration">This execution's mark, which its claims carry; null between turns.</param>
public sealed record SessionStatus(
    [property: JsonPropertyName("phase")] string Phase,
    [property: JsonPropertyName("runId")] string? RunId,
    [property: JsonPropertyName("attempt")] int Attempt,
    [property: JsonPropertyName("characters")] long Characters,
    [property: JsonPropertyName("verdict")] string? Verdict,
    [property: JsonPropertyName("orchestration")] string? Orchestration)
{
    public static SessionStatus Idle { get; } = new("idle", null, 0, 0, null, null);
}
