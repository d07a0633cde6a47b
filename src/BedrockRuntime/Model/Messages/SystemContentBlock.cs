namespace Amazon.BedrockRuntime.Model;

/// <summary>One block of the system prompt; exactly one property is set.</summary>
public sealed class SystemContentBlock
{
    public string Text { get; set; }

    public CachePointBlock CachePoint { get; set; }
}
