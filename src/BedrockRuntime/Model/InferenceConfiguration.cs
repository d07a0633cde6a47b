namespace Amazon.BedrockRuntime.Model;

/// <summary>Parameters that all models know; null leaves the model's default.</summary>
public sealed class InferenceConfiguration
{
    public int? MaxTokens { get; set; }

    public List<string> StopSequences { get; set; } = Collections.NewList<string>();

    public float? Temperature { get; set; }

    public float? TopP { get; set; }
}
