using System.Globalization;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Transcripts;

/// <summary>Names of transcript blobs.</summary>
public static class TranscriptPaths
{
    public static BlobPath Segment(SessionId session, int segment) =>
        BlobPath.Parse(string.Create(CultureInfo.InvariantCulture, $"sessions/{session.Value}/transcript-{segment:D6}.jsonl"));
}
