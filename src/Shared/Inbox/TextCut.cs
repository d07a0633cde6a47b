using System.Text;

namespace Holdfast.Inbox;

/// <summary>Cuts a text that is too long, at a whole character, and says so.</summary>
public static class TextCut
{
    private const string Mark = "\n[cut here: the message was longer than this app takes]";

    /// <summary>A text of at most <paramref name="maxBytes"/> bytes of UTF-8, the mark included.</summary>
    public static string ToBytes(string text, int maxBytes)
    {
        var room = maxBytes - Encoding.UTF8.GetByteCount(Mark);
        var used = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (used + rune.Utf8SequenceLength > room)
            {
                break;
            }

            used += rune.Utf8SequenceLength;
            length += rune.Utf16SequenceLength;
        }

        return text[..length] + Mark;
    }
}
