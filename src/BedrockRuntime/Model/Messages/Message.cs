namespace Amazon.BedrockRuntime.Model;

/// <summary>One message of a conversation.</summary>
public sealed class Message
{
    public ConversationRole Role { get; set; }

    public List<ContentBlock> Content { get; set; }
}
