using System.Collections.Concurrent;
using Holdfast.LocalHost.Workers.Protocol;

namespace Holdfast.LocalHost.Workers;

/// <summary>Writes what a worker logs under the worker's own categories, so that the levels of host.json hold for them.</summary>
internal sealed class WorkerLog(ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<string, ILogger> _byCategory = new();

    public void Write(RpcLog entry)
    {
        var logger = _byCategory.GetOrAdd(entry.Category, loggers.CreateLogger);
        var text = entry.Exception is null ? entry.Message : $"{entry.Message}\n{entry.Exception.Message}\n{entry.Exception.StackTrace}";
        logger.Log((LogLevel)entry.Level, default, text, null, static (message, _) => message);
    }
}
