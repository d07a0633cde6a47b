using System.Text.RegularExpressions;

namespace Holdfast.Conventions.Tests;

/// <summary>The house rules on source files. Each is a pure function from files to sentences; no sentence means no fault.</summary>
public static partial class SourceRules
{
    /// <summary>Longest file at all, in lines.</summary>
    public const int MaxLines = 400;

    /// <summary>Longest file that needs no reason at its top, in lines.</summary>
    public const int MaxLinesWithoutReason = 300;

    /// <summary>Longest function class, in lines.</summary>
    public const int MaxDoorLines = 120;

    /// <summary>Most C# files in one folder of src.</summary>
    public const int MaxFilesInFolder = 15;

    /// <summary>Longest line, in characters.</summary>
    public const int MaxColumns = 140;

    private const int TopLines = 15;

    private static readonly string[] BannedSuffixes =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Service", "Services", "Processor", "Operations",
         "Context", "Data", "Info"];

    private static readonly HashSet<string> BannedFolders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Helpers", "Utils", "Common", "Interfaces", "Exceptions", "Extensions",
    };

    /// <summary>A file over 400 lines; or one over 300 without a comment at its top that says why it is long.</summary>
    public static IReadOnlyList<string> Lengths(IEnumerable<TreeFile> files) =>
    [
        .. files.Where(file => file.Lines.Count > MaxLines).Select(file => $"{file.Path}: {file.Lines.Count} lines, at most {MaxLines}"),
        .. files.Where(
            file => file.Lines.Count is > MaxLinesWithoutReason and <= MaxLines && !file.Lines.Take(TopLines).Any(LengthReason().IsMatch))
            .Select(file => $"{file.Path}: {file.Lines.Count} lines, and no comment at the top says why it is long"),
    ];

    /// <summary>A line that a reader would have to scroll for. A raw literal stays as it goes over the wire.</summary>
    public static IReadOnlyList<string> Columns(IEnumerable<TreeFile> files) =>
    [
        .. from file in files
           let raw = SourceText.RawLiteralLines(file.Text)
           from line in file.Lines.Index()
           where line.Item.Length > MaxColumns && !raw.Contains(line.Index)
           select $"{file.Path}:{line.Index + 1}: {line.Item.Length} columns, at most {MaxColumns}",
    ];

    /// <summary>A partial class for another reason than code that is generated into it.</summary>
    public static IReadOnlyList<string> PartialClasses(IEnumerable<TreeFile> files)
    {
        var parts = (from file in files
                     let code = SourceText.CodeOnly(file.Text)
                     from Match part in PartialClass().Matches(code)
                     select (Name: $"{file.Folder}: {part.Groups["name"].Value}", File: file, Code: code)).ToList();
        return
        [
            .. from same in parts.GroupBy(part => part.Name)
               where !same.Any(
                   part => PartialMember().IsMatch(part.Code) || GeneratedInto().IsMatch(part.Code))
                   || same.Count(part => !part.File.Name.EndsWith(".Log.cs", StringComparison.Ordinal)) > 1
               select same.Key,
        ];
    }

    /// <summary>A type whose name ends in a word that says nothing.</summary>
    public static IReadOnlyList<string> TypeNames(IEnumerable<TreeFile> files) =>
        [.. from file in files
            from Match declaration in TypeDeclaration().Matches(SourceText.CodeOnly(file.Text))
            let name = declaration.Groups["name"].Value
            where BannedSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal))
            select $"{file.Path}: {name}"];

    /// <summary>A folder that is named by kind and not by idea.</summary>
    public static IReadOnlyList<string> FolderNames(IEnumerable<TreeFile> files) =>
        [.. files.Select(file => file.Folder).Distinct()
            .Where(folder => folder.Split('/').Any(BannedFolders.Contains))];

    /// <summary>Conditional compilation: one source serves both hosts.</summary>
    public static IReadOnlyList<string> ConditionalCompilation(IEnumerable<TreeFile> files) =>
        [.. files.Where(file => Directive().IsMatch(SourceText.CodeOnly(file.Text))).Select(file => file.Path)];

    /// <summary>Work left open in a source file; it belongs into a decision record or an issue.</summary>
    public static IReadOnlyList<string> OpenWork(IEnumerable<TreeFile> files) =>
        [.. files.Where(file => OpenWorkMark().IsMatch(file.Text)).Select(file => file.Path)];

    /// <summary>A folder with more C# files than a reader keeps in mind.</summary>
    public static IReadOnlyList<string> FolderSizes(IEnumerable<TreeFile> files) =>
        [.. files.GroupBy(file => file.Folder).Where(folder => folder.Count() > MaxFilesInFolder)
            .Select(folder => $"{folder.Key}: {folder.Count()} files, at most {MaxFilesInFolder}")];

    /// <summary>A function class that has become a room.</summary>
    public static IReadOnlyList<string> Endpoints(IEnumerable<TreeFile> files) =>
        [.. files.Where(file => file.Name.EndsWith("Function.cs", StringComparison.Ordinal) && file.Lines.Count > MaxDoorLines)
            .Select(file => $"{file.Path}: {file.Lines.Count} lines, at most {MaxDoorLines}")];

    /// <summary>
    /// A pattern that ends in <c>$</c>, which a line feed may follow, or in which each line is a text of its own: an id would have two
    /// names.
    /// The end of a text is <c>\z</c>, its beginning <c>\A</c>.
    /// </summary>
    public static IReadOnlyList<string> LooseAnchors(IEnumerable<TreeFile> files) =>
        [.. from file in files
            from line in file.Lines
            where Pattern().IsMatch(line)
                && (DollarAtTheEnd().IsMatch(line) || line.Contains("RegexOptions.Multiline", StringComparison.Ordinal))
            select $"{file.Path}: {line.Trim()}"];

    /// <summary>A log message without an event id of its own, or two with one: an alert on it would mean both.</summary>
    public static IReadOnlyList<string> EventIds(IEnumerable<TreeFile> files)
    {
        var messages = (from file in files
                        from Match message in LogMessage().Matches(SourceText.CodeOnly(file.Text))
                        select (file.Path, Id: message.Groups["id"].Value)).ToList();
        return
        [
            .. messages.Where(message => message.Id.Length == 0).Select(message => $"{message.Path}: a message without an event id"),
            .. messages.Where(message => message.Id.Length > 0).GroupBy(message => message.Id).Where(same => same.Count() > 1)
                .Select(same => $"{same.Key}: {string.Join(", ", same.Select(message => message.Path))}"),
        ];
    }

    /// <summary>A path of somebody's machine.</summary>
    public static IReadOnlyList<string> MachinePaths(IEnumerable<TreeFile> files) =>
        [.. from file in files
            from Match path in MachinePath().Matches(file.Text)
            select $"{file.Path}: {path.Value}"];

    [GeneratedRegex(@"^\s*(//|/\*|\*).*\b(long|length|lines)\b", RegexOptions.IgnoreCase)]
    private static partial Regex LengthReason();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?)\s+(?<name>[A-Z]\w*)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\bpartial\s+(?:class|record|struct|interface)\s+(?<name>[A-Z]\w*)")]
    private static partial Regex PartialClass();

    [GeneratedRegex(@"\bpartial\s+(?!class|record|struct|interface)[\w<>?\[\]]+\s+\w+\s*[({]")]
    private static partial Regex PartialMember();

    [GeneratedRegex(@"\[(?:JsonSerializable|OptionsValidator)\b")]
    private static partial Regex GeneratedInto();

    [GeneratedRegex(@"^[ \t]*#[ \t]*if\b", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"\bTO[D]O\b|\bFIX[M]E\b|\bHA[C]K\b")]
    private static partial Regex OpenWorkMark();

    [GeneratedRegex(@"\b(?:GeneratedRegex|Regex(?:\.IsMatch|\.Matche?s?|\.Replace|\.Split)?)\(")]
    private static partial Regex Pattern();

    // Not one that is escaped, nor the mark of an interpolated text.
    [GeneratedRegex(@"(?<![\\(,\s])\$(?=[""|)])")]
    private static partial Regex DollarAtTheEnd();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(?<id>[0-9]*)")]
    private static partial Regex LogMessage();

    // Where an address or a longer path goes on to the left, it is none; the function host's own folder is no one's machine.
    [GeneratedRegex(@"(?<![\w.:/\-])/(?:home|root|Users|work)/(?!site/)[\w.\-]+|\b[A-Z]:\\+Users\\+\w+")]
    private static partial Regex MachinePath();
}
