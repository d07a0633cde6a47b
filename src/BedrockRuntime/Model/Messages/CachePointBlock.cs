namespace Amazon.BedrockRuntime.Model;

/// <summary>Everything before this block may be kept by the service's prompt cache.</summary>
public sealed class CachePointBlock
{
    public CachePointType Type { get; set; }
}
