using Amazon.Runtime;

#pragma warning disable CA1707 // The constants' names are the vendor's.

namespace Amazon.BedrockRuntime;

/// <summary>Who says a message.</summary>
public sealed class ConversationRole(string value) : ConstantClass(value)
{
    public static readonly ConversationRole Assistant = new("assistant");
    public static readonly ConversationRole User = new("user");

    public static ConversationRole FindValue(string value) => FindValue<ConversationRole>(value);

    public static implicit operator ConversationRole(string value) => FindValue(value);
}

/// <summary>Why a model stopped. A reason that is not named here arrives as a new constant with its own value.</summary>
public sealed class StopReason(string value) : ConstantClass(value)
{
    public static readonly StopReason Content_filtered = new("content_filtered");
    public static readonly StopReason End_turn = new("end_turn");
    public static readonly StopReason Guardrail_intervened = new("guardrail_intervened");
    public static readonly StopReason Max_tokens = new("max_tokens");
    public static readonly StopReason Model_context_window_exceeded = new("model_context_window_exceeded");
    public static readonly StopReason Stop_sequence = new("stop_sequence");
    public static readonly StopReason Tool_use = new("tool_use");

    public static StopReason FindValue(string value) => FindValue<StopReason>(value);

    public static implicit operator StopReason(string value) => FindValue(value);
}

/// <summary>How a tool call ended.</summary>
public sealed class ToolResultStatus(string value) : ConstantClass(value)
{
    public static readonly ToolResultStatus Error = new("error");
    public static readonly ToolResultStatus Success = new("success");

    public static ToolResultStatus FindValue(string value) => FindValue<ToolResultStatus>(value);

    public static implicit operator ToolResultStatus(string value) => FindValue(value);
}

/// <summary>Kinds of cache points.</summary>
public sealed class CachePointType(string value) : ConstantClass(value)
{
    public static readonly CachePointType Default = new("default");

    public static CachePointType FindValue(string value) => FindValue<CachePointType>(value);

    public static implicit operator CachePointType(string value) => FindValue(value);
}

/// <summary>How long a cache point is kept: <c>5m</c> or <c>1h</c>, written as text.</summary>
public sealed class CacheTTL(string value) : ConstantClass(value)
{
    public static CacheTTL FindValue(string value) => FindValue<CacheTTL>(value);

    public static implicit operator CacheTTL(string value) => FindValue(value);
}

/// <summary>Kinds of latency that can be asked for.</summary>
public sealed class PerformanceConfigLatency(string value) : ConstantClass(value)
{
    public static readonly PerformanceConfigLatency Optimized = new("optimized");
    public static readonly PerformanceConfigLatency Standard = new("standard");

    public static PerformanceConfigLatency FindValue(string value) => FindValue<PerformanceConfigLatency>(value);

    public static implicit operator PerformanceConfigLatency(string value) => FindValue(value);
}
