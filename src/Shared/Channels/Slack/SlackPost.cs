namespace Holdfast.Channels.Slack;

/// <summary>A message to post.</summary>
/// <param name="Channel">The channel's id.</param>
/// <param name="ThreadTs">The thread to answer in; null for the channel itself.</param>
/// <param name="Markdown">1 to <see cref="SlackTextSplitter.MaxCharacters"/> characters.</param>
/// <param name="TurnId">The turn that it answers; with <paramref name="Part"/> it makes the post findable.</param>
/// <param name="Part">Which part of the answer, from 1.</param>
public sealed record SlackPost(string Channel, string? ThreadTs, string Markdown, string TurnId, int Part)
{
    /// <summary>Says where it goes and never what it says.</summary>
    public override string ToString() => $"{Channel} {ThreadTs} {TurnId} part {Part}";
}
