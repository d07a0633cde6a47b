namespace Amazon.BedrockRuntime.Model;

/// <summary>Parameters that all models know; null leaves the model's default.</summary>
public sealed class InferenceConfiguration
{
    public int? MaxTokens { get; set; }

    public float? Temperature { get; set; }
}
