using System.Globalization;
using System.Text;

namespace Holdfast;

/// <summary>
/// Text on its way to somebody's terminal. What a model, a sender or a service wrote must not move the cursor, set a title, ring, or turn
/// the direction of reading: only text gets through.
/// </summary>
public static class TerminalText
{
    /// <summary>
    /// Controls (C0 but line feed and tab, DEL, C1) and the marks that turn the direction of reading or part lines become visible, as
    /// <c>\u001B</c>. A character at a time, so it does not matter where a sequence was cut in two.
    /// </summary>
    public static string Of(string text)
    {
        if (text.All(IsText))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length + 16);
        foreach (var character in text.Replace("\r\n", "\n", StringComparison.Ordinal))
        {
            if (IsText(character))
            {
                plain.Append(character);
            }
            else
            {
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
        }

        return plain.ToString();
    }

    private static bool IsText(char character) => character is '\n' or '\t'
        || !(char.IsControl(character)
            || character is '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069'));
}
