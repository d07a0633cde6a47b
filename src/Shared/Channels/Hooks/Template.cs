using System.Collections.Immutable;

namespace Holdfast.Channels.Hooks;

/// <summary>
/// A text with placeholders, filled by <see cref="TemplateRenderer"/>.
/// <para>
/// <c>{name}</c> is a value of the event, <c>{json:path.to.value}</c> one of its body (names and array indices between dots);
/// <c>{{</c> and <c>}}</c> are braces.
/// </para>
/// </summary>
public sealed record Template
{
    /// <summary>No text and no placeholder.</summary>
    public static Template Empty { get; } = new("", []);

    internal Template(string text, ImmutableArray<TemplatePart> parts)
    {
        Text = text;
        Parts = parts;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    internal ImmutableArray<TemplatePart> Parts { get; }

    /// <summary>The text with one value in place of each placeholder.</summary>
    public string With(string value) => string.Concat(Parts.Select(part => part is TemplatePart.Literal literal ? literal.Text : value));

    public override string ToString() => Text;
}

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
    public sealed record Json(ImmutableArray<string> Steps) : TemplatePart;
}
