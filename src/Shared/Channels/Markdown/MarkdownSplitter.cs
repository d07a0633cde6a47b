namespace Holdfast.Channels.Markdown;

/// <summary>
/// Cuts long Markdown into parts that each stand alone: at a paragraph, else a line, else a space, else anywhere but never inside a
/// surrogate pair. A code fence that is open at a cut is closed there and opened again, with its language, in the next part. The
/// line break or space at a cut is dropped; nothing else is lost or changed. Pure.
/// </summary>
public static class MarkdownSplitter
{
    /// <summary>Room for a fence's opening and closing lines beside some text.</summary>
    public const int MinPartCharacters = 128;

    /// <param name="text">Markdown of any length.</param>
    /// <param name="maxCharacters">UTF-16 code units a part may have, at least <see cref="MinPartCharacters"/>.</param>
    /// <returns>The parts in order; none for blank text.</returns>
    public static IReadOnlyList<string> Split(string text, int maxCharacters)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCharacters, MinPartCharacters);
        var fences = CodeFences.Find(text);
        var parts = new List<string>();
        var start = 0;
        while (start < text.Length)
        {
            var before = fences.OpenAt(start);
            var head = before is null ? "" : before.Reopening + "\n";
            if (head.Length + text.Length - start <= maxCharacters)
            {
                Add(parts, head + text[start..]);
                break;
            }

            var end = Cut(text, start, maxCharacters - head.Length - fences.ClosingLength, maxCharacters - head.Length, fences);
            var after = fences.OpenAt(end);
            var body = text[start..end].TrimEnd('\r');
            Add(parts, head + body + (after is null ? "" : "\n" + after.Marker));
            start = SkipBreak(text, end, insideFence: after is not null);
        }

        return parts;
    }

    private static void Add(List<string> parts, string part)
    {
        if (!string.IsNullOrWhiteSpace(part))
        {
            parts.Add(part);
        }
    }

    /// <summary>
    /// The end of the part that starts at <paramref name="start"/>: after at least one and at most <paramref name="room"/> characters.
    /// </summary>
    private static int Cut(string text, int start, int room, int roomWithoutClosing, CodeFences fences)
    {
        var end = NaturalCut(text, start, room);
        if (fences.LineAround(end) is not { } line)
        {
            return end;
        }

        // A fence's line is kept whole, an opening one goes with what it opens, a closing one with what it closes.
        if (!line.Opens && line.End - start <= roomWithoutClosing)
        {
            return line.End;
        }

        return line.Start - 1 > start ? line.Start - 1 : end;
    }

    private static int NaturalCut(string text, int start, int room)
    {
        var limit = start + room;
        // A break in the first half would make needlessly many parts.
        var earliest = start + (room / 2);
        var end = LastIndexOf(text, "\n\n", earliest, limit);
        end = end >= 0 ? end : LastIndexOf(text, "\n", earliest, limit);
        end = end >= 0 ? end : LastIndexOf(text, " ", earliest, limit);
        if (end >= 0)
        {
            return end;
        }

        return char.IsHighSurrogate(text[limit - 1]) && char.IsLowSurrogate(text[limit]) ? limit - 1 : limit;
    }

    private static int LastIndexOf(string text, string what, int earliest, int limit)
    {
        var at = text.AsSpan(earliest, Math.Min(limit + what.Length, text.Length) - earliest).LastIndexOf(what, StringComparison.Ordinal);
        return at < 0 ? -1 : earliest + at;
    }

    private static int SkipBreak(string text, int end, bool insideFence)
    {
        if (end < text.Length && text[end] == ' ')
        {
            return end + 1;
        }

        var start = end;
        while (start < text.Length && text[start] is '\n' or '\r')
        {
            start++;
            if (insideFence && text[start - 1] == '\n')
            {
                break;
            }
        }

        return start;
    }
}
