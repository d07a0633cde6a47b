using System.Text.Json;
using Holdfast.Sessions;

namespace Holdfast.Tools;

/// <summary>A model's wish to run a tool.</summary>
/// <param name="CallId">The model's own id of the call.</param>
/// <param name="SessionId">The session that it belongs to; calls of one session share what they leave behind.</param>
/// <param name="Input">The input as the model wrote it; not checked against any schema, and undefined when it was no JSON.</param>
public sealed record ToolCall(string CallId, SessionId SessionId, JsonElement Input);
