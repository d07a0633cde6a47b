using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.Conventions.Tests;

/// <summary>A module that a Bicep file calls.</summary>
/// <param name="Path">As written, below the caller's folder.</param>
/// <param name="Parameters">Names passed in <c>params</c>.</param>
public sealed record BicepModule(string Path, IReadOnlyList<string> Parameters);

/// <summary>A parameter that a Bicep file declares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsRequired">True when it has no default.</param>
public sealed record BicepParameter(string Name, bool IsRequired);

/// <summary>
/// As much of a Bicep file as text alone tells. This is no compiler: it knows comments, one-line strings with
/// <c>${…}</c> holes, brackets and declarations at the start of a line, which is all that our files use.
/// </summary>
public static partial class BicepText
{
    /// <summary>The parameters that the file declares.</summary>
    public static IReadOnlyList<BicepParameter> Parameters(string text) =>
        [.. ParameterLine().Matches(Code(text)).Select(match =>
            new BicepParameter(match.Groups["name"].Value, !match.Groups["default"].Success))];

    /// <summary>The outputs that the file declares.</summary>
    public static IReadOnlyList<string> Outputs(string text) => Names(OutputLine().Matches(Code(text)));

    /// <summary>The symbols that other lines may refer to: variables, resources and modules.</summary>
    public static IReadOnlyList<string> Symbols(string text) => Names(SymbolLine().Matches(Code(text)));

    /// <summary>The modules that the file calls.</summary>
    public static IReadOnlyList<BicepModule> Modules(string text) =>
        [.. ModuleLine().Matches(WithoutComments(text)).Select(match => new BicepModule(
            match.Groups["path"].Value, TopLevelNames(Block(WithoutComments(text), "params: {", match.Index))))];

    /// <summary>The application settings: the top names of every object variable whose name ends in Settings.</summary>
    public static IReadOnlyList<string> Settings(string text)
    {
        var code = WithoutComments(text);
        return [.. SettingsLine().Matches(code).SelectMany(match => TopLevelNames(Block(code, "{", match.Index)))];
    }

    /// <summary>Code with comments gone and the text of strings blanked; what stands in a hole stays, as it is code.</summary>
    public static string Code(string text) => Reduce(text, keepStrings: false);

    /// <summary>Code with comments gone and strings as they are.</summary>
    public static string WithoutComments(string text) => Reduce(text, keepStrings: true);

    /// <summary>Where brackets or quotes do not match; null when they do.</summary>
    public static string? Imbalance(string text)
    {
        var open = new Stack<char>();
        foreach (var character in Code(text))
        {
            switch (character)
            {
                case '{' or '[' or '(':
                    open.Push(character);
                    break;
                case '}' or ']' or ')' when open.Count == 0 || open.Pop() != Opening(character):
                    return $"a {character} that closes nothing";
                default:
                    break;
            }
        }

        if (open.Count > 0)
        {
            return $"a {open.Peek()} that is never closed";
        }

        return WithoutComments(text).Split('\n').FirstOrDefault(line => line.Count(c => c == '\'') % 2 != 0) is { } odd
            ? "an open quote in: " + odd.Trim()
            : null;
    }

    private static char Opening(char closing) => closing switch { '}' => '{', ']' => '[', _ => '(' };

    private static string Reduce(string text, bool keepStrings)
    {
        var code = new StringBuilder(text.Length);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            ReduceLine(line, keepStrings, code);
            code.Append('\n');
        }

        return code.ToString();
    }

    // A stack of modes: true is inside a string, false inside a hole of one; each hole counts the braces of its own.
    private static void ReduceLine(string line, bool keepStrings, StringBuilder code)
    {
        var holes = new Stack<int>();
        var inString = false;
        for (var i = 0; i < line.Length; i++)
        {
            var character = line[i];
            if (!inString && line.AsSpan(i).StartsWith("//"))
            {
                return;
            }

            if (inString && line.AsSpan(i).StartsWith("${"))
            {
                holes.Push(0);
                inString = false;
                code.Append(keepStrings ? "${" : "  ");
                i++;
                continue;
            }

            if (!inString && holes.Count > 0 && character == '}' && holes.Peek() == 0)
            {
                holes.Pop();
                inString = true;
                code.Append(keepStrings ? '}' : ' ');
                continue;
            }

            if (character == '\'')
            {
                inString = !inString;
                code.Append(keepStrings ? character : ' ');
                continue;
            }

            if (!inString && holes.Count > 0 && character is '{' or '}')
            {
                holes.Push(holes.Pop() + (character == '{' ? 1 : -1));
            }

            code.Append(inString && !keepStrings ? ' ' : character);
        }
    }

    private static string Block(string code, string opening, int from)
    {
        var start = code.IndexOf(opening, from, StringComparison.Ordinal);
        if (start < 0)
        {
            return string.Empty;
        }

        start += opening.Length;
        var depth = 1;
        for (var i = start; i < code.Length; i++)
        {
            depth += code[i] switch { '{' or '[' or '(' => 1, '}' or ']' or ')' => -1, _ => 0 };
            if (depth == 0)
            {
                return code[start..i];
            }
        }

        return code[start..];
    }

    private static List<string> TopLevelNames(string block)
    {
        var names = new List<string>();
        var depth = 0;
        foreach (var line in block.Split('\n'))
        {
            if (depth == 0 && PropertyLine().Match(line) is { Success: true } match)
            {
                names.Add(match.Groups["name"].Value);
            }

            depth += line.Count(c => c is '{' or '[' or '(') - line.Count(c => c is '}' or ']' or ')');
        }

        return names;
    }

    private static IReadOnlyList<string> Names(IEnumerable<Match> matches) => [.. matches.Select(match => match.Groups["name"].Value)];

    [GeneratedRegex(@"^param[ \t]+(?<name>\w+)[ \t]+\w+[ \t]*(?<default>=)?", RegexOptions.Multiline)]
    private static partial Regex ParameterLine();

    [GeneratedRegex(@"^output[ \t]+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex OutputLine();

    [GeneratedRegex(@"^(?:var|resource|module)[ \t]+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex SymbolLine();

    [GeneratedRegex(@"^module[ \t]+(?<name>\w+)[ \t]+'(?<path>[^']+)'", RegexOptions.Multiline)]
    private static partial Regex ModuleLine();

    [GeneratedRegex(@"^var[ \t]+\w+Settings[ \t]*=[ \t]*\{", RegexOptions.Multiline)]
    private static partial Regex SettingsLine();

    [GeneratedRegex(@"^\s*(?<name>\w+)\s*:")]
    private static partial Regex PropertyLine();
}
