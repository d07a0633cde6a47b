namespace Holdfast.Models;

/// <summary>What a provider's stop reason means here.</summary>
/// <param name="Word">In the open session format's words.</param>
/// <param name="WasCut">The answer ended at a limit of tokens, maybe in the middle of something.</param>
/// <param name="Failure">Set when the stop makes the answer none.</param>
internal sealed record StopReading(string Word, bool WasCut, ModelFailureKind? Failure);

/// <summary>Bedrock's stop reasons (ConverseStream, <c>messageStop.stopReason</c>).</summary>
internal static class StopReasons
{
    public const string Stop = "stop";
    public const string Length = "length";
    public const string ToolUse = "toolUse";

    public static StopReading Read(string reason) => reason switch
    {
        "end_turn" or "stop_sequence" or "tool_use" => new StopReading(Stop, WasCut: false, null),

        // The window was full before the answer was done: as good, and as cut, as one that met its own limit.
        "max_tokens" or "model_context_window_exceeded" => new StopReading(Length, WasCut: true, null),
        "guardrail_intervened" or "content_filtered" => new StopReading(Stop, WasCut: true, ModelFailureKind.ContentBlocked),
        "malformed_model_output" or "malformed_tool_use" => new StopReading(Stop, WasCut: true, ModelFailureKind.Incomplete),

        // A reason from the future: the message is whole, which is what matters.
        _ => new StopReading(Stop, WasCut: false, null),
    };
}
