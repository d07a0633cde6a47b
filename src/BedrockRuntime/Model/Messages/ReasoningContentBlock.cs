namespace Amazon.BedrockRuntime.Model;

/// <summary>Reasoning of an earlier answer, given back to the model; exactly one property is set.</summary>
public sealed class ReasoningContentBlock
{
    public ReasoningTextBlock ReasoningText { get; set; }

    /// <summary>Reasoning that the provider encrypted; goes back byte for byte.</summary>
    public MemoryStream RedactedContent { get; set; }
}

/// <summary>Reasoning in clear text with the provider's proof that it wrote it; both go back unchanged.</summary>
public sealed class ReasoningTextBlock
{
    public string Text { get; set; }

    public string Signature { get; set; }
}
