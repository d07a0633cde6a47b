using System.Text.Json;
using Holdfast.Embedded.Durable.Store;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>
/// Finds at the start what the hub holds. Ended instances are known from the listing alone; the histories of all others are read.
/// Left-overs of a crash are cleared: executions that a later one has replaced, and creations that were cut short.
/// </summary>
internal sealed partial class HubRecovery(HistoryStore store, Func<string, Instance> create, ILogger logger)
{
    // Reads at once: enough to hide the round trips of a few hundred instances, few enough for a small store.
    private const int ReadsAtOnce = 8;

    /// <returns>All instances; those that have not ended need a nudge once all are in the index.</returns>
    public async Task<IReadOnlyList<Instance>> RunAsync(CancellationToken cancellationToken)
    {
        var listed = new List<StoredExecution>();
        await foreach (var stored in store.ListAsync(instanceId: null, cancellationToken))
        {
            listed.Add(stored);
        }

        var instances = new List<Instance>();
        var open = new List<StoredExecution>();
        foreach (var executions in listed.GroupBy(stored => stored.Header.InstanceId, StringComparer.Ordinal))
        {
            var present = executions.Where(stored => stored.IsWhole).MaxBy(stored => stored.Blob.Generation);
            foreach (var leftOver in executions.Where(stored => stored != present))
            {
                await store.DeleteAsync(leftOver.Blob, cancellationToken);
            }

            if (present is { Header.EndedAs: not null })
            {
                var instance = create(present.Header.InstanceId);
                instance.Adopt(present);
                instances.Add(instance);
            }
            else if (present is not null)
            {
                open.Add(present);
            }
        }

        instances.AddRange(await ReadAsync(open, cancellationToken));
        LogFound(instances.Count, open.Count);
        return instances;
    }

    private async Task<IReadOnlyList<Instance>> ReadAsync(List<StoredExecution> open, CancellationToken cancellationToken)
    {
        var instances = new List<Instance>();
        var gate = new Lock();
        var options = new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(open, options, async (stored, cancellation) =>
        {
            try
            {
                if (await store.ReadAsync(stored.Blob, cancellation) is { } read)
                {
                    var instance = create(stored.Header.InstanceId);
                    instance.Adopt(read.Blob, read.Execution);
                    lock (gate)
                    {
                        instances.Add(instance);
                    }
                }
            }
            catch (JsonException unreadable)
            {
                LogUnreadable(stored.Header.InstanceId, stored.Blob.Path, unreadable.Message);
            }
        });
        return instances;
    }
}
