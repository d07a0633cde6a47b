namespace Holdfast.Conventions.Tests;

/// <summary>The list of what the app may use of the public packages, and the comparison with what it uses.</summary>
public static class PublicSurfaceRules
{
    /// <summary>Namespaces whose types come from the public packages, whichever assembly holds them in this build.</summary>
    public static readonly string[] Namespaces = ["Microsoft.Azure.Functions", "Microsoft.DurableTask", "DurableTask"];

    /// <summary>Reads the list: a line is <c>Type.Member</c>, <c>Type</c> (the type without members) or a comment after #.</summary>
    public static IReadOnlySet<string> Allowed(string text)
    {
        var allowed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0))
        {
            allowed.Add(line);
            if (line.LastIndexOf('.') is > 0 and var dot)
            {
                // Whoever may use a member may name its type.
                allowed.Add(line[..dot]);
            }
        }

        return allowed;
    }

    /// <summary>The uses that the list does not hold.</summary>
    public static IReadOnlyList<string> Outside(IEnumerable<string> uses, IReadOnlySet<string> allowed) =>
        [.. uses.Where(use => !allowed.Contains(use))];
}
