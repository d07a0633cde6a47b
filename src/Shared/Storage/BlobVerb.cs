namespace Holdfast.Storage;

/// <summary>The calls of <see cref="IBlobContainer"/>, for counting, logging and gates. Numbers are stable within a process only.</summary>
public enum BlobVerb
{
    EnsureExists = 1,
    Read = 2,
    Create = 3,
    Replace = 4,
    CreateAppend = 5,
    Append = 6,
    SetMetadata = 7,
    Seal = 8,
    Delete = 9,
    List = 10,
    AcquireLease = 11,
    RenewLease = 12,
    ReleaseLease = 13,
    BreakLease = 14,
}
