using Amazon.BedrockRuntime.Model;
using Amazon.Runtime.EventStreams;
using TokenCount = Holdfast.Transcripts.TokenCount;

namespace Holdfast.Models.Bedrock;

/// <summary>ConverseStream's events in our request. Runs once per event: no allocation but the event itself.</summary>
internal static class BedrockEvents
{
    public static ModelEvent From(IEventStreamEvent received) => received switch
    {
        ContentBlockDeltaEvent { Delta: { } delta } piece => From(delta, piece.ContentBlockIndex ?? 0),
        ContentBlockStartEvent { Start.ToolUse: { } call } start =>
            new ModelEvent.ToolUseStarted(start.ContentBlockIndex ?? 0, call.ToolUseId ?? "", call.Name ?? ""),
        ContentBlockStopEvent stop => new ModelEvent.BlockStopped(stop.ContentBlockIndex ?? 0),
        MessageStartEvent => ModelEvent.Started.Instance,
        MessageStopEvent stop => new ModelEvent.Stopped(stop.StopReason?.Value ?? ""),
        ConverseStreamMetadataEvent { Usage: { } usage } => new ModelEvent.Usage(new TokenCount(
            usage.InputTokens ?? 0, usage.OutputTokens ?? 0, usage.CacheReadInputTokens ?? 0, usage.CacheWriteInputTokens ?? 0)),
        _ => ModelEvent.Other.Instance,
    };

    private static ModelEvent From(ContentBlockDelta delta, int index) => delta switch
    {
        { Text: { } text } => new ModelEvent.TextDelta(text),
        { ToolUse: { } call } => new ModelEvent.ToolUseDelta(index, call.Input ?? ""),

        // Redacted reasoning has no place in the open format; as an event it still counts as a sign of life.
        { ReasoningContent: { RedactedContent: null } reasoning } => new ModelEvent.ReasoningDelta(reasoning.Text, reasoning.Signature),
        _ => ModelEvent.Other.Instance,
    };
}
