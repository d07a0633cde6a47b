using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Models.Prompts;

/// <summary>
/// Call ids and tool names in the form Bedrock takes (ToolUseBlock: 1 to 64 of <c>[A-Za-z0-9_-]</c>). Other providers' ids may have
/// another form, and a repeated import brings the same id twice.
/// </summary>
internal sealed partial class CallNames
{
    private readonly HashSet<string> usedIds = new(StringComparer.Ordinal);

    /// <summary>The recorded id if it can stand, else one of our own; never the same twice.</summary>
    public string UniqueId(string recorded)
    {
        var id = Acceptable().IsMatch(recorded) ? recorded : "call_1";
        for (var number = 2; !usedIds.Add(id); number++)
        {
            id = string.Create(CultureInfo.InvariantCulture, $"call_{usedIds.Count}_{number}");
        }

        return id;
    }

    public static string AcceptableName(string recorded)
    {
        if (Acceptable().IsMatch(recorded))
        {
            return recorded;
        }

        var name = Unacceptable().Replace(recorded.Length > 64 ? recorded[..64] : recorded, "_");
        return name.Length == 0 ? "unknown" : name;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Acceptable();

    [GeneratedRegex("[^A-Za-z0-9_-]", RegexOptions.CultureInvariant)]
    private static partial Regex Unacceptable();
}
