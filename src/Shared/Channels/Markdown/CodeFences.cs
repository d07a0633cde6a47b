namespace Holdfast.Channels.Markdown;

/// <summary>Where a text's fenced code blocks open and close, by the rules of CommonMark for fences outside lists and quotes.</summary>
internal sealed class CodeFences
{
    private const int MaxMarkerCharacters = 16;
    private const int MaxLanguageCharacters = 40;
    private readonly List<FenceLine> _lines = [];

    private CodeFences()
    {
    }

    /// <summary>The room that closing any of the fences takes, with its line break.</summary>
    public int ClosingLength { get; private set; }

    public static CodeFences Find(string text)
    {
        var fences = new CodeFences();
        FenceLine? open = null;
        for (var start = 0; start < text.Length;)
        {
            var lineBreak = text.IndexOf('\n', start);
            var end = lineBreak < 0 ? text.Length : lineBreak;
            if (Read(text.AsSpan(start, end - start), start, open) is { } line)
            {
                fences._lines.Add(line);
                fences.ClosingLength = Math.Max(fences.ClosingLength, 1 + line.Marker.Length);
                open = line.Opens ? line : null;
            }

            start = end + 1;
        }

        return fences;
    }

    /// <summary>The fence that is open at a place, null outside of code.</summary>
    public FenceLine? OpenAt(int index)
    {
        var last = _lines.FindLast(line => line.End <= index);
        return last is { Opens: true } ? last : null;
    }

    /// <summary>The fence line that a cut at <paramref name="index"/> would break or part from its code; null when there is none.</summary>
    public FenceLine? LineAround(int index) =>
        _lines.Find(line => line.Opens ? line.Start <= index && index <= line.End : line.Start - 1 <= index && index < line.End);

    private static FenceLine? Read(ReadOnlySpan<char> line, int start, FenceLine? open)
    {
        var content = line.TrimStart(' ');
        if (line.Length - content.Length > 3 || content.Length < 3 || content[0] is not ('`' or '~'))
        {
            return null;
        }

        var length = content.IndexOfAnyExcept(content[0]) is var end and >= 0 ? end : content.Length;
        if (length is < 3 or > MaxMarkerCharacters)
        {
            return null;
        }

        var marker = content[..length].ToString();
        var info = content[length..].Trim();
        if (open is not null)
        {
            return info.IsEmpty && marker[0] == open.Marker[0] && length >= open.Marker.Length
                ? new FenceLine(start, start + line.Length, marker, "", Opens: false)
                : null;
        }

        if (marker[0] == '`' && info.Contains('`'))
        {
            return null;
        }

        var word = info.IndexOf(' ') is var space and >= 0 ? info[..space] : info;
        return new FenceLine(start, start + line.Length, marker, word.Length > MaxLanguageCharacters ? "" : word.ToString(), Opens: true);
    }
}

/// <summary>One line that opens or closes a fenced code block.</summary>
/// <param name="Start">Where the line starts.</param>
/// <param name="End">Where its line break stands.</param>
/// <param name="Marker">Its backticks or tildes.</param>
/// <param name="Language">The first word after the marker.</param>
internal sealed record FenceLine(int Start, int End, string Marker, string Language, bool Opens)
{
    /// <summary>The line that opens such a block again.</summary>
    public string Reopening => Marker + Language;
}
