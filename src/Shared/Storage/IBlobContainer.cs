namespace Holdfast.Storage;

/// <summary>
/// The one way to blob storage. Every write names what it is conditional on, and the service, not the caller, checks it.
/// <para>
/// Implementations: Azure Storage (also Azurite) in production, and an in-memory service for the explorer; both hold to the same
/// contract tests. Each call is atomic on the service. A call that throws <see cref="StorageUnavailableException"/> or is cancelled
/// may have taken effect: the caller reads before it judges. Arguments outside <see cref="BlobLimits"/> throw before any request.
/// </para>
/// </summary>
public interface IBlobContainer
{
    /// <summary>Creates the container when it is not there.</summary>
    Task EnsureExistsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Bytes from <paramref name="offset"/> (at most <paramref name="maxBytes"/>, all when null), with ETag, metadata and length of the
    /// same instant.
    /// </summary>
    /// <remarks>
    /// One request as a rule, also at the very end of the blob; two for an offset past the end. With <paramref name="maxBytes"/> 0 only
    /// the properties are read.
    /// <para>
    /// Azurite alone may answer an append blob that is being written with bytes and length that are older than ETag and metadata. Whoever
    /// leans on a read therefore names its ETag and its length in the append that follows: then the position refuses.
    /// </para>
    /// </remarks>
    /// <returns>Null when there is no such blob.</returns>
    Task<BlobSnapshot?> ReadAsync(BlobPath path, long offset, int? maxBytes, CancellationToken cancellationToken);

    /// <summary>Creates a block blob. Condition: it does not exist.</summary>
    Task<BlobWriteOutcome> CreateAsync(BlobPath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Replaces a block blob. Condition: its ETag.</summary>
    Task<BlobWriteOutcome> ReplaceAsync(BlobPath path, ReadOnlyMemory<byte> content, BlobETag ifMatch, CancellationToken cancellationToken);

    /// <summary>Creates an empty append blob. Condition: it does not exist.</summary>
    Task<BlobWriteOutcome> CreateAppendAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);

    /// <summary>Appends one block of 1 byte to 4 MiB. Condition: ETag, length and lease together. Changes the ETag.</summary>
    Task<BlobWriteOutcome> AppendAsync(
        BlobPath path, ReadOnlyMemory<byte> block, AppendCondition condition, CancellationToken cancellationToken);

    /// <summary>Replaces all metadata. Condition: ETag and lease. Changes the ETag.</summary>
    Task<BlobWriteOutcome> SetMetadataAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, BlobETag ifMatch, LeaseId lease, CancellationToken cancellationToken);

    /// <summary>Seals an append blob for good. Condition: ETag and lease.</summary>
    Task<BlobWriteOutcome> SealAsync(BlobPath path, BlobETag ifMatch, LeaseId lease, CancellationToken cancellationToken);

    /// <summary>Deletes a blob that is not leased. Condition: its ETag.</summary>
    Task<BlobWriteOutcome> DeleteAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken);

    /// <summary>Blobs whose names start with <paramref name="prefix"/>, by name; asks the service page by page while enumerated.</summary>
    IAsyncEnumerable<BlobListing> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>
    /// Acquires the lease under <paramref name="proposed"/>; acquiring again with the id that holds it succeeds and starts its time anew.
    /// Does not change the ETag. <paramref name="duration"/>: 15 to 60 whole seconds.
    /// </summary>
    Task<LeaseOutcome> AcquireLeaseAsync(BlobPath path, LeaseId proposed, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>
    /// Starts the lease's time anew, also when it has expired and the blob was neither written nor leased since. Success proves nothing
    /// about the content.
    /// </summary>
    Task<LeaseOutcome> RenewLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken);

    /// <summary>
    /// Lets the lease go. Releasing what is not held answers <see cref="LeaseOutcome.Lost"/>, and so may a release whose first answer was
    /// lost.
    /// </summary>
    Task<LeaseOutcome> ReleaseLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken);

    /// <summary>
    /// Ends whoever's lease at once (period zero); <see cref="LeaseOutcome.Free"/> also when there is none. Condition: the ETag under which
    /// the holder was looked at, so whoever wrote or claimed since keeps his lease. Only under the break rules of the protocol.
    /// </summary>
    Task<LeaseOutcome> BreakLeaseAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken);
}
