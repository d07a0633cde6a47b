using System.Collections.Immutable;
using Holdfast.Audit;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Cli;

/// <summary>One session's files. Segments are named as in storage; any other <c>.jsonl</c> is a session of one segment.</summary>
/// <param name="Files">Their numbers and paths, by number.</param>
internal sealed record AuditedFiles(string Source, SessionId? Session, IReadOnlyList<(int Number, string Path)> Files)
{
    /// <exception cref="UnusableInputException">A path is not there, or holds no transcript.</exception>
    public static IReadOnlyList<AuditedFiles> Find(IReadOnlyList<string> paths)
    {
        var files = paths.SelectMany(FilesOf).Distinct(StringComparer.Ordinal).ToList();
        var segments = files.Where(file => TranscriptPaths.NumberOf(Path.GetFileName(file)) is not null)
            .GroupBy(file => Path.GetDirectoryName(file)!)
            .Select(folder => new AuditedFiles(
                Path.GetRelativePath(Environment.CurrentDirectory, folder.Key),
                Guid.TryParseExact(Path.GetFileName(folder.Key), "N", out _) ? SessionId.Parse(Path.GetFileName(folder.Key)) : null,
                [.. folder.Select(file => (TranscriptPaths.NumberOf(Path.GetFileName(file))!.Value, file)).OrderBy(file => file.Value)]));
        var others = files.Where(file => TranscriptPaths.NumberOf(Path.GetFileName(file)) is null)
            .Select(file => new AuditedFiles(Path.GetRelativePath(Environment.CurrentDirectory, file), null, [(0, file)]));
        return [.. segments.Concat(others).OrderBy(session => session.Source, StringComparer.Ordinal)];
    }

    public async Task<SessionSegments> ReadAsync(CancellationToken cancellationToken)
    {
        var segments = ImmutableArray.CreateBuilder<SegmentBytes>(Files.Count);
        foreach (var (number, path) in Files)
        {
            segments.Add(new SegmentBytes(number, await File.ReadAllBytesAsync(path, cancellationToken)));
        }

        return new SessionSegments(Session, segments.MoveToImmutable());
    }

    private static IReadOnlyList<string> FilesOf(string path)
    {
        if (File.Exists(path))
        {
            return [Path.GetFullPath(path)];
        }

        if (!Directory.Exists(path))
        {
            throw new UnusableInputException($"There is no {path}.");
        }

        var files = Directory.GetFiles(path, "*.jsonl", SearchOption.AllDirectories);
        return files.Length > 0
            ? [.. files.Select(Path.GetFullPath)]
            : throw new UnusableInputException($"{path} holds no transcript (*.jsonl).");
    }
}
