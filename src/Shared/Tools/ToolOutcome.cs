namespace Holdfast.Tools;

/// <summary>
/// What became of a tool call. The model reads the text of each; none is ever blank, as the model API refuses blank content on every
/// later turn.
/// </summary>
public abstract record ToolOutcome
{
    private ToolOutcome(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        Text = text;
    }

    /// <summary>The tool result's text.</summary>
    public string Text { get; }

    /// <summary>The tool result is marked as an error.</summary>
    public bool IsError => this is not Succeeded;

    public sealed override string ToString() => GetType().Name;

    /// <summary>The tool did what was asked.</summary>
    public sealed record Succeeded(string Text) : ToolOutcome(Text);

    /// <summary>The tool ran, or tried to, and did not do what was asked.</summary>
    public sealed record Failed(string Text) : ToolOutcome(Text);

    /// <summary>The tool was stopped. The text has what it said until then.</summary>
    public sealed record TimedOut(string Text) : ToolOutcome(Text);

    /// <summary>The configuration does not allow it; nothing was run.</summary>
    public sealed record Denied(string Text) : ToolOutcome(Text);
}
