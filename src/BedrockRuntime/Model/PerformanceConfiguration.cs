namespace Amazon.BedrockRuntime.Model;

/// <summary>The latency to ask for.</summary>
public sealed class PerformanceConfiguration
{
    public PerformanceConfigLatency Latency { get; set; }
}
