using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Holdfast.Embedded.Durable.History;
using Microsoft.DurableTask.Client;

namespace Holdfast.Embedded.Durable.Store;

/// <summary>
/// Histories in blob storage: <c>taskhub/{hub}/{hash of instance id}/{generation}.jsonl</c>, one append blob an execution.
/// <para>
/// There is no lease on a hub. Each write names what it is conditional on: a creation that nothing is there, an append the blob's
/// version and length, a mark or a deletion its version. So a second process on the same hub, or a dead one's last request, cannot
/// damage a history: its write is refused, it reads again and decides again. A lease would protect no better and would hold up a
/// restart after <c>kill -9</c> for its length. Two processes do run activities twice, which activities must bear anyway.
/// </para>
/// <para>Faults (<see cref="RequestFailedException"/> and network errors, after the SDK's retries) are thrown; the call may have taken effect.</para>
/// </summary>
internal sealed class HistoryStore(BlobContainerClient container, string hubName)
{
    private static readonly IDictionary<string, string> Nothing = ImmutableDictionary<string, string>.Empty;

    private readonly string _prefix = $"taskhub/{hubName}/";

    public Task EnsureContainerAsync(CancellationToken cancellationToken) =>
        container.CreateIfNotExistsAsync(PublicAccessType.None, metadata: null, encryptionScopeOptions: null, cancellationToken);

    /// <summary>All executions of the hub, or of one instance, by name: an instance's generations in ascending order.</summary>
    public async IAsyncEnumerable<StoredExecution> ListAsync(string? instanceId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prefix = instanceId is null ? _prefix : $"{_prefix}{KeyOf(instanceId)}/";
        await foreach (var item in container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, prefix, cancellationToken))
        {
            var metadata = new Dictionary<string, string>(item.Metadata, StringComparer.OrdinalIgnoreCase);
            if (ExecutionHeader.Read(metadata) is { } header && TryGeneration(item.Name) is { } generation)
            {
                yield return new StoredExecution(
                    new ExecutionBlob(item.Name, generation, header.EndedAs is null ? metadata : Nothing, item.Properties.ETag!.Value, item.Properties.ContentLength ?? 0), header);
            }
        }
    }

    /// <summary>Creates an execution. Condition: there is no such generation of the instance.</summary>
    /// <returns>Null when there is one.</returns>
    public async Task<ExecutionBlob?> CreateAsync(HistoryEvent.ExecutionStarted started, int generation, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{_prefix}{KeyOf(started.InstanceId)}/{generation:D8}.jsonl");
        var metadata = ExecutionHeader.MetadataOf(started);
        var options = new AppendBlobCreateOptions
        {
            Metadata = metadata,
            Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All },
        };
        ExecutionBlob blob;
        try
        {
            var created = await container.GetAppendBlobClient(path).CreateAsync(options, cancellationToken);
            blob = new ExecutionBlob(path, generation, metadata, created.Value.ETag, 0);
        }
        catch (RequestFailedException refused) when (refused.ErrorCode == BlobErrorCode.BlobAlreadyExists || refused.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            return null;
        }

        return metadata.ContainsKey("start")
            || await AppendAsync(blob, HistoryLines.Write([started]), cancellationToken) == AppendOutcome.Appended ? blob : null;
    }

    /// <returns>The execution as it is now, with the version it was read at; null when it is gone or not whole.</returns>
    public async Task<(ExecutionBlob Blob, Execution Execution)?> ReadAsync(ExecutionBlob known, CancellationToken cancellationToken)
    {
        BlobDownloadResult result;
        try
        {
            result = await container.GetAppendBlobClient(known.Path).DownloadContentAsync(cancellationToken);
        }
        catch (RequestFailedException gone) when (gone.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }

        var content = result.Content.ToMemory();
        var metadata = new Dictionary<string, string>(result.Details.Metadata, StringComparer.OrdinalIgnoreCase);
        var events = HistoryLines.Read(content.Span);
        var started = ExecutionHeader.Read(metadata)?.Started ?? events.FirstOrDefault() as HistoryEvent.ExecutionStarted;
        if (started is null)
        {
            return null;
        }

        var execution = new Execution(started);
        foreach (var one in events.Where(one => one is not HistoryEvent.ExecutionStarted))
        {
            execution.Apply(one);
        }

        return (new ExecutionBlob(known.Path, known.Generation, metadata, result.Details.ETag, content.Length), execution);
    }

    /// <summary>
    /// Appends whole lines as one block. Condition: the blob's version and length. Trying the same lines again after a fault is
    /// safe: lines that already stand are recognised.
    /// </summary>
    public async Task<AppendOutcome> AppendAsync(ExecutionBlob blob, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        var options = new AppendBlobAppendBlockOptions
        {
            Conditions = new AppendBlobRequestConditions { IfMatch = blob.ETag, IfAppendPositionEqual = blob.Length },
        };
        try
        {
            using var content = BinaryData.FromBytes(lines).ToStream();
            var appended = await container.GetAppendBlobClient(blob.Path).AppendBlockAsync(content, options, cancellationToken);
            blob.ETag = appended.Value.ETag;
            blob.Length += lines.Length;
            return AppendOutcome.Appended;
        }
        catch (RequestFailedException refused) when (refused.ErrorCode == BlobErrorCode.ConditionNotMet || refused.ErrorCode == BlobErrorCode.AppendPositionConditionNotMet)
        {
            return await StandsAlreadyAsync(blob, lines, cancellationToken) ? AppendOutcome.Appended : AppendOutcome.Refused;
        }
        catch (RequestFailedException gone) when (gone.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return AppendOutcome.Gone;
        }
    }

    /// <summary>Marks an execution as ended, for listings. Condition: its version. A mark that does not come about is made up for at the next start.</summary>
    public async Task MarkEndedAsync(ExecutionBlob blob, OrchestrationRuntimeStatus status, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var conditions = new BlobRequestConditions { IfMatch = blob.ETag };
        var client = container.GetAppendBlobClient(blob.Path);
        try
        {
            var marked = await client.SetMetadataAsync(ExecutionHeader.Ended(blob.Metadata, status, at), conditions, cancellationToken);
            blob.ETag = marked.Value.ETag;
            blob.Metadata = Nothing;
        }
        catch (RequestFailedException refused) when (refused.ErrorCode == BlobErrorCode.ConditionNotMet || refused.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            // Somebody else has marked or removed it.
        }
    }

    /// <summary>Deletes an execution. Condition: its version.</summary>
    /// <returns>False when it was changed since it was read.</returns>
    public async Task<bool> DeleteAsync(ExecutionBlob blob, CancellationToken cancellationToken)
    {
        try
        {
            var conditions = new BlobRequestConditions { IfMatch = blob.ETag };
            await container.GetAppendBlobClient(blob.Path).DeleteIfExistsAsync(DeleteSnapshotsOption.None, conditions, cancellationToken);
            return true;
        }
        catch (RequestFailedException refused) when (refused.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            return false;
        }
    }

    private static string KeyOf(string instanceId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(instanceId)).AsSpan(0, 16));

    private static int? TryGeneration(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : null;

    private async Task<bool> StandsAlreadyAsync(ExecutionBlob blob, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions { Range = new HttpRange(blob.Length) };
        try
        {
            BlobDownloadResult tail = await container.GetAppendBlobClient(blob.Path).DownloadContentAsync(options, cancellationToken);
            if (!tail.Content.ToMemory().Span.SequenceEqual(lines.Span))
            {
                return false;
            }

            blob.ETag = tail.Details.ETag;
            blob.Length += lines.Length;
            return true;
        }
        catch (RequestFailedException nothing) when (nothing.ErrorCode == BlobErrorCode.InvalidRange || nothing.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return false;
        }
    }
}
