using System.Collections.Immutable;

namespace Holdfast.Channels.Hooks;

/// <summary>A signed endpoint at <c>/api/hooks/{name}</c>. There is none without a secret.</summary>
public abstract record HookConfiguration
{
    private HookConfiguration()
    {
    }

    /// <summary>The key of this hook.</summary>
    public required string Name { get; init; }

    /// <summary>What the sender proves to know: the key of the signature, or the bearer token.</summary>
    public required Secret Secret { get; init; }

    /// <summary>Id of the agent that gets the message.</summary>
    public required string Agent { get; init; }

    /// <summary>
    /// The session, as the part of its key after the agent; see <see cref="TemplateRenderer.RenderKey"/>.
    /// Default of a GitHub hook <c>github:{repository}:{number}</c>, of a generic one <c>hook:</c> and its name.
    /// </summary>
    public required Template SessionKey { get; init; }

    /// <summary>What the agent is told; see <see cref="TemplateRenderer.RenderText"/>.</summary>
    public required Template Message { get; init; }

    /// <summary>Where the answer goes. Default of a GitHub hook: a comment, of a generic one: nowhere.</summary>
    public required DeliveryTarget Reply { get; init; }

    /// <summary>
    /// Larger bodies are refused before they are read to the end. 1 KiB to 25 MiB. Default of a GitHub hook 25 MiB (what GitHub sends at
    /// most), of a generic one 1 MiB.
    /// </summary>
    public required int MaxBodyBytes { get; init; }

    /// <summary>A GitHub webhook, signed by <c>X-Hub-Signature-256</c>.</summary>
    public sealed record GitHub : HookConfiguration
    {
        /// <summary>
        /// Events that start a turn: <c>issue_comment.created</c>, or <c>issue_comment</c> for all its actions. At least one; the others
        /// are answered and let go.
        /// </summary>
        public required ImmutableArray<string> Events { get; init; }

        /// <summary>True when an event of this name and action starts a turn.</summary>
        public bool Accepts(string eventName, string? action) =>
            Events.Contains(eventName, StringComparer.Ordinal)
            || (action is not null && Events.Contains($"{eventName}.{action}", StringComparer.Ordinal));
    }

    /// <summary>Any other sender of JSON.</summary>
    public sealed record Generic : HookConfiguration
    {
        /// <summary>How the sender proves to know the secret.</summary>
        public required HookSignature Signature { get; init; }

        /// <summary>Header whose value tells deliveries apart. Default: none, equal bodies are one delivery.</summary>
        public string? DeliveryHeader { get; init; }
    }
}
