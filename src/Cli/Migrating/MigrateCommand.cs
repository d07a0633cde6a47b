using System.CommandLine;

namespace Holdfast.Cli.Migrating;

/// <summary>
/// <c>holdfast migrate OLD.json [--out DIR] [--force]</c>: exit code 0 when the new files stand (also when they stood already, or there was
/// nothing to do), 2 when the old file cannot be read or a file with other content is in the way; then nothing was written.
/// </summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var old = new Argument<string>("old") { Description = "The old configuration file, with its agents in it." };
        var into = new Option<string?>("--out")
        {
            Description = "The folder for holdfast.json and agents/; default: that of the old file.",
        };
        var force = new Option<bool>("--force") { Description = "Writes over files that are there." };
        var command = new Command(
            "migrate", "Turns a configuration with agents in it into holdfast.json and agents/*.agent.md.") { old, into, force };
        command.SetAction((parsed, cancellationToken) => Terminal.RunAsync(
            output => RunAsync(output, parsed.GetRequiredValue(old), parsed.GetValue(into), parsed.GetValue(force), cancellationToken)));
        return command;
    }

    private static async Task RunAsync(TextWriter output, string old, string? into, bool force, CancellationToken cancellationToken)
    {
        if (old.Length == 0 || into is { Length: 0 } || Path.GetDirectoryName(Path.GetFullPath(old)) is not { } source)
        {
            throw new UnusableInputException("Name the old configuration file, and a folder after --out.");
        }

        var folder = Path.GetFullPath(into ?? source);
        var migrated = Migration.Of(await File.ReadAllBytesAsync(old, cancellationToken), name => ReadBelow(source, name));
        var files = migrated.Files.Select(file => (Path: Path.Combine(folder, file.Path), file.Text)).ToList();
        if (files.Find(file => Directory.Exists(file.Path)) is { Path: { } taken })
        {
            throw new UnusableInputException($"Nothing was written: {taken} is a folder.");
        }

        var unchanged = files.Where(file => File.Exists(file.Path) && File.ReadAllText(file.Path) == file.Text).ToHashSet();
        var inTheWay = files.Where(file => File.Exists(file.Path) && !unchanged.Contains(file)).Select(file => file.Path).ToList();
        if (inTheWay.Count > 0 && !force)
        {
            throw new UnusableInputException(
                $"Nothing was written: {string.Join(", ", inTheWay)} would be written over; give --force, or another folder by --out.");
        }

        await WriteAsync([.. files.Where(file => !unchanged.Contains(file))], cancellationToken);
        foreach (var file in files)
        {
            await output.WriteLineAsync($"{(unchanged.Contains(file) ? "unchanged" : "wrote    ")}  {file.Path}");
        }

        foreach (var note in migrated.Notes)
        {
            await output.WriteLineAsync($"note       {note}");
        }
    }

    /// <summary>
    /// All under other names first; then the agents, and the file that named them last. What fails before leaves all as it was.
    /// </summary>
    private static async Task WriteAsync(List<(string Path, string Text)> files, CancellationToken cancellationToken)
    {
        var drafts = new List<(string Draft, string Path)>();
        try
        {
            foreach (var (path, text) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                drafts.Add(($"{path}.{Path.GetRandomFileName()}", path));
                await File.WriteAllTextAsync(drafts[^1].Draft, text, cancellationToken);
            }

            foreach (var (draft, path) in Enumerable.Reverse(drafts))
            {
                File.Move(draft, path, overwrite: true);
            }
        }
        finally
        {
            drafts.ForEach(draft => File.Delete(draft.Draft));
        }
    }

    private static string ReadBelow(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? File.ReadAllText(path)
            : throw new UnusableInputException($"file:{name} lies outside of the old file's folder.");
    }
}
