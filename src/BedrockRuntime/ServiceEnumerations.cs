using Amazon.Runtime;

#pragma warning disable CA1707 // The constants' names are the vendor's.

namespace Amazon.BedrockRuntime;

/// <summary>Who says a message.</summary>
public sealed class ConversationRole(string value) : ConstantClass(value)
{
    public static readonly ConversationRole Assistant = new("assistant");
    public static readonly ConversationRole User = new("user");
}

/// <summary>Why a model stopped. A reason that is not named here arrives as a new constant with its own value.</summary>
public sealed class StopReason(string value) : ConstantClass(value)
{
    public static readonly StopReason Content_filtered = new("content_filtered");
    public static readonly StopReason End_turn = new("end_turn");
    public static readonly StopReason Guardrail_intervened = new("guardrail_intervened");
    public static readonly StopReason Malformed_model_output = new("malformed_model_output");
    public static readonly StopReason Malformed_tool_use = new("malformed_tool_use");
    public static readonly StopReason Max_tokens = new("max_tokens");
    public static readonly StopReason Model_context_window_exceeded = new("model_context_window_exceeded");
    public static readonly StopReason Stop_sequence = new("stop_sequence");
    public static readonly StopReason Tool_use = new("tool_use");

    public static StopReason FindValue(string value) => FindValue<StopReason>(value);
}

/// <summary>How a tool call ended.</summary>
public sealed class ToolResultStatus(string value) : ConstantClass(value)
{
    public static readonly ToolResultStatus Error = new("error");
}

/// <summary>Kinds of cache points.</summary>
public sealed class CachePointType(string value) : ConstantClass(value)
{
    public static readonly CachePointType Default = new("default");
}
