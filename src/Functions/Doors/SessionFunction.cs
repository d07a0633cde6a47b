using System.Globalization;
using Holdfast.Functions.Orchestrations;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Doors;

/// <summary><c>GET /api/sessions/{key}</c> and <c>GET /api/sessions/{key}/transcript</c>: what a session is and what it holds.</summary>
public sealed class SessionFunction(SessionDirectory sessions, InboxStore inbox, IBlobContainer blobs)
{
    /// <summary>The most of a transcript that one answer holds; more is read by range.</summary>
    private const int MaxTranscriptBytes = 8 * 1024 * 1024;

    [Function("Session")]
    public async Task<IResult> StatusAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "sessions/{key}")] HttpRequest request,
        string key,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is not { } found)
        {
            return NotThere();
        }

        var pending = 0;
        await foreach (var item in inbox.ListAsync(found.Key, cancellationToken))
        {
            pending += item.Kind == InboxKind.Message ? 1 : 0;
        }

        var snapshot = await blobs.ReadAsync(PathOf(found.Record), 0, maxBytes: 0, cancellationToken);
        var claim = snapshot is null ? null : ClaimStamp.FromMetadata(snapshot.Metadata);
        var instance = await client.GetInstanceAsync(SessionOrchestrator.InstanceIdOf(found.Key.Hash), getInputsAndOutputs: true, cancellationToken);
        return Results.Json(new
        {
            sessionKey = found.Key.Value,
            sessionId = found.Record.SessionId,
            lifecycleRevision = found.Record.LifecycleRevision,
            pendingMessages = pending,
            transcript = new { segment = found.Record.ActiveSegment, length = snapshot?.Length ?? 0, isHeld = snapshot?.IsLeased ?? false },
            owner = claim is null ? null : new { runId = claim.RunId, attempt = claim.Attempt, epoch = claim.Epoch },
            orchestration = instance is null
                ? null
                : new { id = instance.InstanceId, runtimeStatus = instance.RuntimeStatus.ToString(), customStatus = instance.ReadCustomStatusAs<SessionStatus>() },
        });
    }

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

        var length = (int)Math.Min(MaxTranscriptBytes, range.Length ?? MaxTranscriptBytes);
        if (await FindAsync(key, cancellationToken) is not { } found
            || await blobs.ReadAsync(PathOf(found.Record), range.From, length, cancellationToken) is not { } snapshot)
        {
            return NotThere();
        }

        if (range.From > snapshot.Length)
        {
            return Problems.Of(StatusCodes.Status416RangeNotSatisfiable, $"The transcript has {snapshot.Length} bytes.");
        }

        var response = request.HttpContext.Response;
        response.Headers.ETag = $"\"{snapshot.ETag.Value.Trim('"')}\"";
        response.Headers.AcceptRanges = "bytes";
        var isWhole = range.From == 0 && snapshot.Content.Length == snapshot.Length;
        response.StatusCode = isWhole ? StatusCodes.Status200OK : StatusCodes.Status206PartialContent;
        if (!isWhole)
        {
            response.Headers.ContentRange = string.Create(
                CultureInfo.InvariantCulture, $"bytes {range.From}-{Math.Max(range.From, range.From + snapshot.Content.Length - 1)}/{snapshot.Length}");
        }

        return Results.Bytes(snapshot.Content, "application/x-ndjson");
    }

    private async Task<(SessionKey Key, SessionRecord Record)?> FindAsync(string key, CancellationToken cancellationToken) =>
        SessionKey.TryParse(Uri.UnescapeDataString(key)) is { } parsed && await sessions.FindAsync(parsed, cancellationToken) is { } record
            ? (parsed, record)
            : null;

    private static BlobPath PathOf(SessionRecord record) => TranscriptPaths.Segment(SessionId.Parse(record.SessionId), record.ActiveSegment);

    private static IResult NotThere() => Problems.Of(StatusCodes.Status404NotFound, "There is no session of this key.");
}
