namespace Holdfast.Peers.Scripting;

/// <summary>What a peer does with one call instead of answering in the ordinary way.</summary>
public abstract record ScriptedAnswer
{
    private ScriptedAnswer()
    {
    }

    /// <summary>Does what was asked and answers so.</summary>
    public sealed record Ordinary : ScriptedAnswer;

    /// <summary>Does nothing and answers with this status, body and headers.</summary>
    public sealed record Refused(int Status, string Body, params IReadOnlyList<(string Name, string Value)> Headers) : ScriptedAnswer;

    /// <summary>Does what was asked and cuts the connection instead of answering: the caller cannot know.</summary>
    public sealed record LostAnswer : ScriptedAnswer;

    /// <summary>Cuts the connection without doing what was asked: to the caller the same as <see cref="LostAnswer"/>.</summary>
    public sealed record LostRequest : ScriptedAnswer;

    /// <summary>Does what was asked at once and answers only once <paramref name="Gate"/> has completed.</summary>
    public sealed record Held(Task Gate) : ScriptedAnswer;
}
