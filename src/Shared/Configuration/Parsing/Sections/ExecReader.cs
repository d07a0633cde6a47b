using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Holdfast.Tools;

namespace Holdfast.Configuration.Parsing.Sections;

/// <summary>Reads what the exec tool of an agent may do.</summary>
internal static class ExecReader
{
    public static ExecConfiguration Read(ObjectReader reader)
    {
        var basis = new ExecConfiguration { Commands = reader.Map("commands", isRequired: true, Command, WhatIsWrongWithName) };
        var exec = basis with
        {
            Timeout = reader.Duration("timeout", basis.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24)),
            MaxOutputBytes = reader.WholeNumber("maxOutputBytes", basis.MaxOutputBytes, 256, 1024 * 1024),
            Environment = reader.Texts("environment", basis.Environment),
            WorkRoot = reader.OptionalText("workRoot") ?? basis.WorkRoot,
        };
        if (!Path.IsPathFullyQualified(exec.WorkRoot))
        {
            reader.File.Report(reader.KeyPath("workRoot"), exec.WorkRoot, "must be an absolute path");
        }

        return exec;
    }

    private static string? WhatIsWrongWithName(string name) =>
        name.Length is > 0 and <= 64 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' or '+')
            ? null
            : "a command's name has 1 to 64 letters, digits, dots, dashes, underscores or pluses";

    private static ExecCommand Command(string name, ObjectReader reader)
    {
        var given = reader.OptionalText("path") ?? name;
        var found = ExecutableFinder.Find(given, reader.File.Settings("PATH"));
        if (found is null)
        {
            var where = Path.IsPathFullyQualified(given) ? "there is no executable file at this path" : "no executable of this name is on PATH";
            reader.File.Report(reader.Has("path") ? reader.KeyPath("path") : reader.Path, given, where);
        }

        return new ExecCommand { Name = name, Path = found ?? given, ArgumentPatterns = Patterns(reader) };
    }

    private static ImmutableArray<Regex> Patterns(ObjectReader reader)
    {
        const string Key = "argumentPatterns";
        var patterns = ImmutableArray.CreateBuilder<Regex>();
        foreach (var pattern in reader.Texts(Key, []))
        {
            try
            {
                patterns.Add(new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
            }
            catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
            {
                reader.File.Report(reader.KeyPath(Key), pattern, "is no regular expression that can be matched without backtracking");
            }
        }

        return patterns.ToImmutable();
    }
}
