using Holdfast.Channels.Hooks;

namespace Holdfast.Configuration.Parsing;

/// <summary>What became of reading a template.</summary>
public abstract record TemplateParseOutcome
{
    private TemplateParseOutcome()
    {
    }

    public sealed record Parsed(Template Template) : TemplateParseOutcome;

    /// <param name="Reason">Fit to be shown to whoever wrote the template.</param>
    public sealed record Invalid(string Reason) : TemplateParseOutcome;
}
