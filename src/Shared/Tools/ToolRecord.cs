using System.Text.Json.Serialization;
using Holdfast.Sessions;

namespace Holdfast.Tools;

/// <summary>Where a tool call stands. Numbers are pinned.</summary>
public enum ToolRecordState
{
    /// <summary>The call's id is recorded; the tool may or may not have begun.</summary>
    Started = 1,

    /// <summary>The result stands.</summary>
    Finished = 2,

    /// <summary>The execution that started it died; whether the tool did its work is not known.</summary>
    Interrupted = 3,
}

/// <summary>What <c>toolcalls/{turn}/{call}.json</c> holds: the id first, the result later.</summary>
/// <param name="GiveUpAt">After this a started call without a result counts as interrupted.</param>
public sealed record ToolRecord(
    RunId RunId, int Step, string CallId, string ToolName, ToolRecordState State, DateTimeOffset GiveUpAt)
{
    /// <summary>The result; empty until it stands.</summary>
    public string Text { get; init; } = "";

    public bool IsError { get; init; }

    /// <summary>
    /// Marks the execution that began the call, so that it knows its own record after a lost answer; null in older records.
    /// </summary>
    public string? Nonce { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ToolRecord))]
internal sealed partial class ToolJson : JsonSerializerContext;
