using System.Globalization;
using System.Text;
using Holdfast.Embedded.Durable.History;
using Microsoft.DurableTask.Client;

namespace Holdfast.Embedded.Durable.Store;

/// <summary>
/// What a listing tells of an execution without reading its history: it stands in the blob's metadata. The first event stands there
/// too when it is small, so that a start is one call; a large one is the first line.
/// </summary>
internal sealed record ExecutionHeader
{
    // A blob's metadata holds 8 KB in all; the rest of ours stays below 2 KB for any sensible id and name.
    private const int MaxStartCharacters = 6_000;

    public required string InstanceId { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? ParentInstanceId { get; init; }

    /// <summary>The first event; null when it is the first line.</summary>
    public HistoryEvent.ExecutionStarted? Started { get; init; }

    /// <summary>How the instance ended; null while it has not, and in the moment between its last line and this mark.</summary>
    public OrchestrationRuntimeStatus? EndedAs { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public static Dictionary<string, string> MetadataOf(HistoryEvent.ExecutionStarted started)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["instance"] = Encode(started.InstanceId),
            ["name"] = Encode(started.Name),
            ["created"] = started.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
        };
        if (started.Parent is { } parent)
        {
            metadata["parent"] = Encode(parent.InstanceId);
        }

        var text = HistoryLines.WriteStart(started);
        if (text.Length <= MaxStartCharacters)
        {
            metadata["start"] = text;
        }

        return metadata;
    }

    public static Dictionary<string, string> Ended(IDictionary<string, string> metadata, OrchestrationRuntimeStatus status, DateTimeOffset at) =>
        new(metadata, StringComparer.OrdinalIgnoreCase)
        {
            ["ended"] = status.ToString(),
            ["endedat"] = at.ToString("O", CultureInfo.InvariantCulture),
        };

    /// <returns>Null when the metadata are not ours.</returns>
    public static ExecutionHeader? Read(IDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue("instance", out var instance)
            || !metadata.TryGetValue("name", out var name)
            || !metadata.TryGetValue("created", out var created))
        {
            return null;
        }

        return new ExecutionHeader
        {
            InstanceId = Decode(instance),
            Name = Decode(name),
            CreatedAt = DateTimeOffset.Parse(created, CultureInfo.InvariantCulture),
            ParentInstanceId = metadata.TryGetValue("parent", out var parent) ? Decode(parent) : null,
            Started = metadata.TryGetValue("start", out var start) ? HistoryLines.ReadStart(start) : null,
            EndedAs = metadata.TryGetValue("ended", out var ended) ? Enum.Parse<OrchestrationRuntimeStatus>(ended) : null,
            EndedAt = metadata.TryGetValue("endedat", out var at) ? DateTimeOffset.Parse(at, CultureInfo.InvariantCulture) : null,
        };
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Decode(string text) => Encoding.UTF8.GetString(Convert.FromBase64String(text));
}

/// <summary>A listed execution.</summary>
internal sealed record StoredExecution(ExecutionBlob Blob, ExecutionHeader Header)
{
    /// <summary>False for a creation that was cut short before its first line: nobody was told of it.</summary>
    public bool IsWhole => Header.Started is not null || Blob.Length > 0;
}
