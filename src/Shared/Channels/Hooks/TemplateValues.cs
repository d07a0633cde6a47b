using System.Text.Json;

namespace Holdfast.Channels.Hooks;

/// <summary>What an event has to fill a template with.</summary>
/// <param name="Named">By placeholder: those of <see cref="GitHubNames"/> or <see cref="GenericNames"/> that this event has.</param>
/// <param name="Body">The event's body.</param>
public sealed record TemplateValues(IReadOnlyDictionary<string, string> Named, JsonElement Body)
{
    /// <summary>
    /// Placeholders of GitHub hooks: <c>repository</c> (owner/name), <c>number</c> (of issue or pull request), <c>sender</c> (login),
    /// <c>body</c> (text of the comment, review, issue or pull request), <c>event</c> and <c>action</c>.
    /// </summary>
    public static IReadOnlyList<string> GitHubNames { get; } = ["repository", "number", "sender", "body", "event", "action"];

    /// <summary>Placeholders of generic hooks: <c>body</c> (the whole body as it came).</summary>
    public static IReadOnlyList<string> GenericNames { get; } = ["body"];
}
