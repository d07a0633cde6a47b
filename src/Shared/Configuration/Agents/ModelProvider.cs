namespace Holdfast.Configuration.Agents;

/// <summary>Who serves a model.</summary>
public enum ModelProvider
{
    /// <summary>Amazon Bedrock, ConverseStream.</summary>
    Bedrock = 1,
}
