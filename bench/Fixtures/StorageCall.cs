namespace Holdfast.Bench.Fixtures;

/// <summary>Which of the account's services was asked.</summary>
internal enum StorageService
{
    Blobs,
    Queues,
    Tables,
}

/// <summary>One request to storage as it passed on the wire.</summary>
/// <param name="Container">The container, the queue, or the table.</param>
/// <param name="Path">Below it; empty for a listing.</param>
/// <param name="Prefix">What a listing asked for; empty otherwise.</param>
/// <param name="Component">The value of <c>comp</c>.</param>
/// <param name="IsEmptyHanded">A look for messages that found none.</param>
/// <param name="LeaseAction">Of a request about a lease: acquire, renew, release.</param>
/// <param name="AnswerBytes">Bytes of the answer's body.</param>
/// <param name="FromMicros">When it came.</param>
/// <param name="AtMicros">When it was answered.</param>
internal sealed record StorageCall(
    StorageService Service,
    string Method,
    string Container,
    string Path,
    string Prefix,
    string? Component,
    string? LeaseAction,
    bool IsEmptyHanded,
    int Status,
    long AnswerBytes,
    long FromMicros,
    long AtMicros)
{
    /// <summary>
    /// How the containers of the bench's apps begin: what is in one is the app's own, all else the host's and its engine's.
    /// </summary>
    public const string OwnPrefix = "app-";

    public bool IsOwn => Service == StorageService.Blobs && Container.StartsWith(OwnPrefix, StringComparison.Ordinal);

    /// <summary>
    /// The engine's, and made because time passed, whether anybody works or not: looks into empty queues, and what keeps the partitions in
    /// one host's hands.
    /// </summary>
    public bool IsPoll =>
        !IsOwn && (IsEmptyHanded || Name.EndsWith("Partitions", StringComparison.OrdinalIgnoreCase) || LeaseAction == "renew");

    private string Name => Container.Split('(')[0];

    /// <summary>For example <c>PUT sessions lease</c> or <c>POST holdfast-control-00</c>.</summary>
    public string Kind => string.Join(' ', Words().Where(word => !string.IsNullOrEmpty(word)));

    private IEnumerable<string?> Words() => IsOwn
        ? [Method, (Path + Prefix).Split('/')[0], Component, LeaseAction, Status >= 400 ? $"({Status})" : null]
        : [Service.ToString().ToLowerInvariant(), Method, Name, Service == StorageService.Queues ? Path.Split('/')[0] : null, Component,
            LeaseAction, IsEmptyHanded ? "(empty)" : null, Status >= 400 ? $"({Status})" : null];
}
