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
        var source = Path.GetDirectoryName(Path.GetFullPath(old))!;
        var folder = Path.GetFullPath(into ?? source);
        var migrated = Migration.Of(
            await File.ReadAllBytesAsync(old, cancellationToken), name => File.ReadAllText(Path.Combine(source, name)));
        var files = migrated.Files.Select(file => (Path: Path.Combine(folder, file.Path), file.Text)).ToList();
        var unchanged = files.Where(file => File.Exists(file.Path) && File.ReadAllText(file.Path) == file.Text).ToHashSet();
        var inTheWay = files.Where(file => File.Exists(file.Path) && !unchanged.Contains(file)).Select(file => file.Path).ToList();
        if (inTheWay.Count > 0 && !force)
        {
            throw new UnusableInputException(
                $"Nothing was written: {string.Join(", ", inTheWay)} would be written over; give --force, or another folder by --out.");
        }

        foreach (var file in files)
        {
            if (!unchanged.Contains(file))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
                await File.WriteAllTextAsync(file.Path, file.Text, cancellationToken);
            }

            await output.WriteLineAsync($"{(unchanged.Contains(file) ? "unchanged" : "wrote    ")}  {file.Path}");
        }

        foreach (var note in migrated.Notes)
        {
            await output.WriteLineAsync($"note       {note}");
        }
    }
}
