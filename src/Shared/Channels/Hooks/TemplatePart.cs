using System.Collections.Immutable;

namespace Holdfast.Channels.Hooks;

/// <summary>A piece of a template.</summary>
internal abstract record TemplatePart
{
    private TemplatePart()
    {
    }

    /// <summary>Text that stays.</summary>
    public sealed record Literal(string Text) : TemplatePart;

    /// <summary>A value of the event.</summary>
    public sealed record Named(string Name) : TemplatePart;

    /// <summary>A value of the body.</summary>
    public sealed record Json(ImmutableArray<string> Steps) : TemplatePart
    {
        public override string ToString() => $"json:{string.Join('.', Steps)}";
    }
}
