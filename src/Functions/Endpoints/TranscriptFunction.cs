using System.Globalization;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Functions.Endpoints;

/// <summary>
/// <c>GET /api/sessions/{key}/transcript?segment=N</c>: the bytes of a segment, whole or by range; of the active one when no number is
/// given. The answer names its segment in <c>Holdfast-Segment</c> and, once that is sealed, the one that goes on from it in
/// <c>Holdfast-Next-Segment</c>, which may not be there yet. A session whose first message waits has an empty transcript.
/// </summary>
public sealed class TranscriptFunction(SessionDirectory sessions, TranscriptReader transcripts, IBlobContainer blobs)
{
    /// <summary>The most of a transcript that one answer holds; more is read by range.</summary>
    private const int MaxTranscriptBytes = 8 * 1024 * 1024;

    [Function("Transcript")]
    public async Task<IResult> TranscriptAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "sessions/{key}/transcript")] HttpRequest request,
        string key,
        CancellationToken cancellationToken)
    {
        if (!ByteRange.TryRead(request.Headers.Range, out var range))
        {
            return Problems.Of(StatusCodes.Status416RangeNotSatisfiable, "A range reads bytes={from}- or bytes={from}-{to}.");
        }

        if (!TryReadSegment(request.Query["segment"], out var asked))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "A segment is a number from 0 on.");
        }

        if (RouteKey.Read(key) is not { } session || await sessions.FindAsync(session, cancellationToken) is not { } record)
        {
            return Problems.NoSession();
        }

        var segment = asked
            ?? (await transcripts.FindActiveAsync(record.SessionId, record.ActiveSegment, cancellationToken))?.Segment
            ?? record.ActiveSegment;
        var length = (int)Math.Min(MaxTranscriptBytes, range.Length ?? MaxTranscriptBytes);
        var path = TranscriptPaths.Segment(record.SessionId, segment);
        if (await blobs.ReadAsync(path, range.From, length, cancellationToken) is not { } snapshot)
        {
            return segment == record.ActiveSegment
                ? NothingYet(request, range, segment)
                : Problems.Of(StatusCodes.Status404NotFound, "There is no such segment.");
        }

        if (range.From > snapshot.Length)
        {
            return OutOfRange(snapshot.Length);
        }

        var response = request.HttpContext.Response;
        response.Headers.ETag = $"\"{snapshot.ETag.Value.Trim('"')}\"";
        response.Headers.AcceptRanges = "bytes";
        response.Headers["Holdfast-Segment"] = segment.ToString(CultureInfo.InvariantCulture);
        if (snapshot.IsSealed)
        {
            response.Headers["Holdfast-Next-Segment"] = (segment + 1).ToString(CultureInfo.InvariantCulture);
        }

        var isWhole = range.From == 0 && snapshot.Content.Length == snapshot.Length;
        response.StatusCode = isWhole ? StatusCodes.Status200OK : StatusCodes.Status206PartialContent;
        if (!isWhole)
        {
            response.Headers.ContentRange = string.Create(
                CultureInfo.InvariantCulture,
                $"bytes {range.From}-{Math.Max(range.From, range.From + snapshot.Content.Length - 1)}/{snapshot.Length}");
        }

        return Results.Bytes(snapshot.Content, "application/x-ndjson");
    }

    private static IResult NothingYet(HttpRequest request, ByteRange range, int segment)
    {
        request.HttpContext.Response.Headers["Holdfast-Segment"] = segment.ToString(CultureInfo.InvariantCulture);
        return range.From > 0 ? OutOfRange(0) : Results.Bytes([], "application/x-ndjson");
    }

    private static IResult OutOfRange(long length) =>
        Problems.Of(StatusCodes.Status416RangeNotSatisfiable, $"The transcript has {length} bytes.");

    private static bool TryReadSegment(string? text, out int? segment)
    {
        segment = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return string.IsNullOrEmpty(text) || segment is not null;
    }
}
