using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Holdfast.Inbox;

namespace Holdfast.Channels.Hooks;

/// <summary>A signed endpoint at <c>/api/hooks/{name}</c>. There is none without a secret.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(GitHub), "github")]
[JsonDerivedType(typeof(Generic), "generic")]
public abstract record HookConfiguration
{
    // What GitHub sends at most, and so what any hook may ask for.
    private const int LargestBody = 25 * 1024 * 1024;

    private HookConfiguration()
    {
    }

    /// <summary>The key of this hook.</summary>
    [JsonIgnore]
    public string Name { get; set; } = "";

    /// <summary>What the sender proves to know: the key of the signature, or the bearer token.</summary>
    public required Secret Secret { get; set; }

    /// <summary>Id of the agent that gets the message.</summary>
    public required string Agent { get; set; }

    /// <summary>
    /// The session, as the part of its key after the agent; see <see cref="TemplateRenderer.RenderKey"/>.
    /// Default of a GitHub hook <c>github:{repository}:{number}</c>, of a generic one <c>hook:</c> and its name.
    /// </summary>
    public Template SessionKey { get; set; } = Template.Empty;

    /// <summary>What the agent is told; see <see cref="TemplateRenderer.RenderText"/>.</summary>
    public required Template Message { get; set; }

    /// <summary>
    /// Where the answer goes; null is a comment on what the event is about, which only a GitHub hook can. Default of a GitHub hook: that
    /// comment, of a generic one: nowhere.
    /// </summary>
    public ReplyTarget? Reply { get; set; }

    /// <summary>
    /// Larger bodies are refused before they are read to the end. 1 KiB to 25 MiB. Default of a GitHub hook 25 MiB (what GitHub sends at
    /// most), of a generic one 1 MiB.
    /// </summary>
    [Range(1024, LargestBody)]
    public int MaxBodyBytes { get; set; } = LargestBody;

    /// <summary>A GitHub webhook, signed by <c>X-Hub-Signature-256</c>.</summary>
    public sealed record GitHub : HookConfiguration
    {
        /// <summary>
        /// Events that start a turn: <c>issue_comment.created</c>, or <c>issue_comment</c> for all its actions. At least one; the others
        /// are answered and let go.
        /// </summary>
        [MinLength(1)]
        [RegularExpression(
            @"\A[a-z_]+(\.[a-z_]+)?\z", ErrorMessage = "must be an event or an event and its action, such as \"issue_comment.created\"")]
        public required ImmutableArray<string> Events { get; set; }

        /// <summary>True when an event of this name and action starts a turn.</summary>
        public bool Accepts(string eventName, string? action) =>
            Events.Contains(eventName, StringComparer.Ordinal)
            || (action is not null && Events.Contains($"{eventName}.{action}", StringComparer.Ordinal));
    }

    /// <summary>Any other sender of JSON.</summary>
    public sealed record Generic : HookConfiguration
    {
        public Generic() => (Reply, MaxBodyBytes) = (new ReplyTarget.Stored(), 1024 * 1024);

        /// <summary>How the sender proves to know the secret.</summary>
        public required HookSignature Signature { get; set; }

        /// <summary>Header whose value tells deliveries apart. Default: none, equal bodies are one delivery.</summary>
        [RegularExpression(@"\A[A-Za-z0-9_-]+\z", ErrorMessage = "must be the name of an HTTP header")]
        public string? DeliveryHeader { get; set; }
    }
}
