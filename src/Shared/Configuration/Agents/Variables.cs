using System.Text.RegularExpressions;
using Holdfast.Channels.Markdown;

using Holdfast.Configuration.Parsing;

namespace Holdfast.Configuration.Agents;

/// <summary>
/// Variables of an agent's file: <c>$NAME</c> and <c>%NAME%</c> are settings, <c>$$</c> and <c>%%</c> the characters themselves. What is
/// put in is not read again, and code between fences is left alone.
/// </summary>
internal static partial class Variables
{
    /// <param name="firstLine">The line of the text's first.</param>
    public static string Fill(string text, ConfigurationFile file, int firstLine)
    {
        var fences = CodeFences.Find(text);
        return Mark().Replace(text, mark =>
        {
            if (fences.OpenAt(mark.Index) is not null)
            {
                return mark.Value;
            }

            if (!mark.Groups["name"].Success)
            {
                return mark.Value[..1];
            }

            var line = firstLine + text.AsSpan(0, mark.Index).Count('\n');
            return Value(mark.Groups["name"].Value, file, line);
        });
    }

    private static string Value(string name, ConfigurationFile file, int line)
    {
        if (file.HoldsSecret(name))
        {
            file.ReportLine(line, $"the setting {name} holds a secret of this configuration; no agent may read it");
            return string.Empty;
        }

        if (file.Settings(name) is { } value)
        {
            file.NoteValue(value);
            return value;
        }

        file.ReportLine(line, $"the setting {name} is not set; a $ or % that is meant is written twice, or substitute_variables is false");
        return string.Empty;
    }

    [GeneratedRegex(@"\$\$|%%|\$(?<name>[A-Za-z_][A-Za-z0-9_]*)|%(?<name>[A-Za-z_][A-Za-z0-9_]*)%")]
    private static partial Regex Mark();
}
