using System.Collections.Immutable;

namespace Holdfast.Channels.Hooks;

/// <summary>What became of filling a session key's template.</summary>
public abstract record TemplateKeyOutcome
{
    private TemplateKeyOutcome()
    {
    }

    public sealed record Rendered(string Key) : TemplateKeyOutcome;

    /// <summary>
    /// The event lacks these values (or has them blank): it belongs to no session, and must not fall into one with others of its kind.
    /// </summary>
    public sealed record Missing(ImmutableArray<string> Placeholders) : TemplateKeyOutcome;
}
