using System.Text;

namespace Holdfast.Conventions.Tests;

/// <summary>C# text reduced to its code: comments and the content of literals become blanks, line ends stay.</summary>
public static class SourceText
{
    /// <summary>Blanks comments, strings (plain, verbatim, raw; interpolated ones with their holes) and characters.</summary>
    public static string CodeOnly(string text)
    {
        var code = new StringBuilder(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            var end = EndOfNonCode(text, at);
            if (end == at)
            {
                code.Append(text[at++]);
                continue;
            }

            for (; at < end; at++)
            {
                code.Append(text[at] == '\n' ? '\n' : ' ');
            }
        }

        return code.ToString();
    }

    /// <summary>The lines, from 0, that hold a part of a raw literal.</summary>
    public static IReadOnlySet<int> RawLiteralLines(string text)
    {
        var lines = new HashSet<int>();
        var (at, line) = (0, 0);
        while (at < text.Length)
        {
            var end = Math.Max(EndOfNonCode(text, at), at + 1);
            var last = line + text.AsSpan(at, end - at).Count('\n');
            if (text.AsSpan(at).StartsWith("\"\"\""))
            {
                lines.UnionWith(Enumerable.Range(line, last - line + 1));
            }

            (at, line) = (end, last);
        }

        return lines;
    }

    private static int EndOfNonCode(string text, int at)
    {
        var rest = text.AsSpan(at);
        if (rest.StartsWith("//"))
        {
            return Until(text, "\n", at + 2, include: false);
        }

        if (rest.StartsWith("/*"))
        {
            return Until(text, "*/", at + 2, include: true);
        }

        return rest[0] switch
        {
            '"' => EndOfString(text, at),
            '\'' => EndOfQuoted(text, at, '\''),
            _ => at,
        };
    }

    private static int EndOfString(string text, int at)
    {
        var quotes = text.AsSpan(at).IndexOfAnyExcept('"');
        quotes = quotes < 0 ? text.Length - at : quotes;
        if (quotes >= 3)
        {
            return Until(text, new string('"', quotes), at + quotes, include: true);
        }

        var verbatim = (at > 0 && text[at - 1] == '@') || (at > 1 && text[at - 1] == '$' && text[at - 2] == '@');
        return verbatim ? EndOfVerbatim(text, at) : EndOfQuoted(text, at, '"');
    }

    private static int EndOfVerbatim(string text, int at)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] != '"')
            {
                continue;
            }

            if (i + 1 >= text.Length || text[i + 1] != '"')
            {
                return i + 1;
            }

            i++;
        }

        return text.Length;
    }

    private static int EndOfQuoted(string text, int at, char quote)
    {
        for (var i = at + 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == quote)
            {
                return i + 1;
            }
        }

        return at + 1;
    }

    private static int Until(string text, string mark, int from, bool include)
    {
        var found = text.IndexOf(mark, from, StringComparison.Ordinal);
        return found < 0 ? text.Length : include ? found + mark.Length : found;
    }
}
