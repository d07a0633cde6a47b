using Holdfast.Channels.Markdown;

namespace Holdfast.Channels.GitHub;

/// <summary>Cuts an answer into comments that GitHub takes. Pure.</summary>
public static class GitHubTextSplitter
{
    /// <summary>GitHub's limit for a comment, in characters.</summary>
    public const int MaxCommentCharacters = 65_536;

    /// <summary>What is left of it beside the marker.</summary>
    public const int MaxCharacters = MaxCommentCharacters - ReplyMarker.MaxCharacters;

    /// <inheritdoc cref="MarkdownSplitter.Split"/>
    public static IReadOnlyList<string> Split(string markdown) => MarkdownSplitter.Split(markdown, MaxCharacters);
}
