using Holdfast.Channels.Markdown;

namespace Holdfast.Channels.Slack;

/// <summary>Cuts an answer into messages that Slack takes. Pure.</summary>
public static class SlackTextSplitter
{
    /// <summary>Slack's limit for <c>markdown_text</c>, in characters.</summary>
    public const int MaxCharacters = 12_000;

    /// <inheritdoc cref="MarkdownSplitter.Split"/>
    public static IReadOnlyList<string> Split(string markdown) => MarkdownSplitter.Split(markdown, MaxCharacters);
}
