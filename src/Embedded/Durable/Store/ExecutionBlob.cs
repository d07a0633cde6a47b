using Azure;

namespace Holdfast.Embedded.Durable.Store;

/// <summary>
/// The append blob of one execution, with the version and length that its owner believes in: each append is conditional on both.
/// </summary>
internal sealed class ExecutionBlob(string path, int generation, IDictionary<string, string> metadata, ETag etag, long length)
{
    public string Path => path;

    /// <summary>Counts an instance's executions; the highest one that is whole is the present one.</summary>
    public int Generation => generation;

    /// <summary>Let go once the end is marked: a hub knows many ended instances.</summary>
    public IDictionary<string, string> Metadata { get; set; } = metadata;

    public ETag ETag { get; set; } = etag;

    /// <summary>In bytes.</summary>
    public long Length { get; set; } = length;
}

/// <summary>What became of an append.</summary>
internal enum AppendOutcome
{
    /// <summary>It stands (perhaps from an earlier try whose answer was lost).</summary>
    Appended = 1,

    /// <summary>Somebody else has written: read the execution again and decide anew.</summary>
    Refused = 2,

    /// <summary>The blob is gone: the execution was purged or replaced by somebody else.</summary>
    Gone = 3,
}
