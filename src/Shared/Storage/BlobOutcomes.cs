namespace Holdfast.Storage;

/// <summary>Why the service refused a write. Each case is one of its error codes.</summary>
public enum BlobRefusal
{
    /// <summary>The blob exists already (If-None-Match: *): BlobAlreadyExists, or ConditionNotMet on a create.</summary>
    AlreadyExists = 1,

    /// <summary>The ETag is another one: ConditionNotMet.</summary>
    ConditionNotMet = 2,

    /// <summary>The blob is longer or shorter than the stated append position: AppendPositionConditionNotMet.</summary>
    AppendPositionNotMet = 3,

    /// <summary>The blob is leased and the write named no lease: LeaseIdMissing.</summary>
    LeaseMissing = 4,

    /// <summary>The blob is leased under another id: LeaseIdMismatchWith….</summary>
    LeaseMismatch = 5,

    /// <summary>The write named a lease and the blob has none any more: LeaseNotPresentWith…, LeaseLost.</summary>
    LeaseLost = 6,

    /// <summary>The append blob is sealed: BlobIsSealed.</summary>
    Sealed = 7,

    /// <summary>The blob does not exist: BlobNotFound. The service may also say so by ConditionNotMet, as no version matches.</summary>
    NotFound = 8,

    /// <summary>The append blob has its 50,000 blocks: BlockCountExceedsLimit.</summary>
    Full = 9,
}

/// <summary>
/// What became of a conditional write. A fault (no connection, 5xx after the SDK's retries) is an exception, never an outcome.
/// </summary>
public abstract record BlobWriteOutcome
{
    /// <summary>
    /// The length after a write of metadata or a seal, whose answers do not say it. Both leave the bytes alone and name an ETag, so
    /// the length is the one that was read or written with that ETag.
    /// </summary>
    public const long UnknownLength = -1;

    private BlobWriteOutcome()
    {
    }

    /// <summary>The write stands.</summary>
    /// <param name="ETag">The blob's version after it; after a delete the one that was deleted.</param>
    /// <param name="Length">
    /// The blob's length in bytes after it; 0 after a delete, <see cref="UnknownLength"/> after a write of metadata and after a seal.
    /// </param>
    public sealed record Written(BlobETag ETag, long Length) : BlobWriteOutcome
    {
        /// <summary>The blocks that an append blob has after an append; 0 after any other write, whose answers do not say it.</summary>
        public int Blocks { get; init; }
    }

    /// <summary>
    /// The service refused. With a retry inside the SDK after a lost answer this may be the refusal of our own success (a create:
    /// AlreadyExists; a delete: NotFound; all others: ConditionNotMet): whoever needs to know reads the blob. When several
    /// conditions fail at once, which of them is named is the service's choice.
    /// </summary>
    public sealed record Refused(BlobRefusal Why) : BlobWriteOutcome;
}

/// <summary>What became of a lease call.</summary>
public enum LeaseOutcome
{
    /// <summary>The lease is held under the given id (acquired, acquired again, or renewed).</summary>
    Held = 1,

    /// <summary>Somebody else holds it: LeaseAlreadyPresent, or LeaseIsBreakingAndCannotBeAcquired.</summary>
    Busy = 2,

    /// <summary>The given id holds no lease here any more (expired and used by somebody else, broken, or never held).</summary>
    Lost = 3,

    /// <summary>The lease is free: released, or broken with period zero.</summary>
    Free = 4,

    /// <summary>The blob does not exist.</summary>
    NotFound = 5,

    /// <summary>The version that a break named is not there any more: ConditionNotMet, or BlobNotFound. Nothing was changed.</summary>
    Changed = 6,
}

/// <summary>A blob's bytes and properties of one instant.</summary>
/// <param name="Content">The bytes asked for, from the stated offset; empty when the offset is at or past the end.</param>
/// <param name="ETag">The version that the bytes, the length and the metadata belong to.</param>
/// <param name="Length">The whole blob's length in bytes.</param>
/// <param name="Metadata">Names without regard to case.</param>
public sealed record BlobSnapshot(ReadOnlyMemory<byte> Content, BlobETag ETag, long Length, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>True while somebody holds a lease (state leased or breaking).</summary>
    public required bool IsLeased { get; init; }

    /// <summary>Blocks committed to an append blob, of <see cref="BlobLimits.MaxBlocks"/>; 0 for a block blob.</summary>
    public required int Blocks { get; init; }

    /// <summary>True once the append blob is sealed: its bytes are final.</summary>
    public required bool IsSealed { get; init; }
}

/// <summary>One row of a listing, in the order of the blob names' bytes.</summary>
public sealed record BlobListing(BlobPath Path, BlobETag ETag, long Length);

/// <summary>What an append is conditional on. All that are named must hold at the same instant.</summary>
/// <param name="ETag">The version the writer believes in.</param>
/// <param name="Position">The length in bytes the writer believes in.</param>
/// <param name="Lease">The lease the writer holds.</param>
public sealed record AppendCondition(BlobETag ETag, long Position, LeaseId Lease);
