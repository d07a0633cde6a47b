namespace Holdfast.Configuration;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="File">The file it stands in.</param>
/// <param name="Path">JSON path from the root, for example <c>$.metadata.holdfast.fallbacks[1]</c>.</param>
/// <param name="Value">The value found, as JSON and cut short; null where there is none or it may be a secret.</param>
/// <param name="Message">What is wrong and, where known, what is meant.</param>
/// <param name="Line">From 1; null where the path says it well enough.</param>
public sealed record ConfigurationError(string File, string Path, string? Value, string Message, int? Line = null)
{
    /// <summary>One line for the log of a start that failed.</summary>
    public override string ToString()
    {
        var place = Line is { } line ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}:{line}") : File;
        return Value is null ? $"{place}: {Path}: {Message}" : $"{place}: {Path} = {Value}: {Message}";
    }
}
