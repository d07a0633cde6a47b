namespace Holdfast.Configuration.Parsing;

/// <summary>Finds what somebody probably meant.</summary>
internal static class NearestName
{
    /// <summary>What is longer is no slip of a name's spelling.</summary>
    private const int LongestName = 64;

    /// <summary>A half sentence such as <c>; did you mean 'model'?</c>, or nothing when no name is near.</summary>
    public static string Hint(string given, IEnumerable<string> names)
    {
        if (given.Length > LongestName)
        {
            return string.Empty;
        }

        var nearest = names
            .Select(name => (Name: name, Distance: Distance(given.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= (candidate.Name.Length < 4 ? 1 : Math.Max(2, candidate.Name.Length / 3)))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest.Name is null ? string.Empty : $"; did you mean '{nearest.Name}'?";
    }

    // Edits between two texts: characters added, dropped or changed.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var change = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
