using System.Globalization;
using System.Text.RegularExpressions;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Transcripts;

/// <summary>Names of transcript blobs: <c>sessions/{sessionId}/transcript-{segment:D6}.jsonl</c>.</summary>
public static partial class TranscriptPaths
{
    public static BlobPath Segment(SessionId session, int segment) =>
        BlobPath.Parse(string.Create(CultureInfo.InvariantCulture, $"sessions/{session.Value}/transcript-{segment:D6}.jsonl"));

    /// <returns>Null for a blob that is no segment.</returns>
    public static (SessionId Session, int Number)? Parse(BlobPath path) =>
        path.Value.Split('/') is ["sessions", var folder, var file]
        && SessionId.TryParse(folder) is { } session && session.Value == folder && NumberOf(file) is { } number
            ? (session, number)
            : null;

    /// <returns>Null for a file that is not named like a segment.</returns>
    public static int? NumberOf(string file) =>
        Shape().Match(file) is { Success: true } match ? int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"\Atranscript-(?<number>[0-9]{6})\.jsonl\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
