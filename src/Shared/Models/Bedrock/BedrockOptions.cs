namespace Holdfast.Models.Bedrock;

/// <summary>What all Bedrock calls have in common. Credentials, endpoint and default region are those of the environment.</summary>
public sealed class BedrockOptions
{
    /// <summary>Asks the provider to keep the system prompt between calls. Only some models know cache points. Default: false.</summary>
    public bool CachesSystemPrompt { get; set; }
}
