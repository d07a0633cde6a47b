using System.Collections.Concurrent;

namespace Holdfast.Peers.Scripting;

/// <summary>
/// Scripted answers by operation: what the selector says, then a queue that is used up one call at a time, then a standing answer.
/// Without any the answer is ordinary. Safe for concurrent use.
/// </summary>
public sealed class AnswerScript
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<ScriptedAnswer>> _next = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ScriptedAnswer> _standing = new(StringComparer.Ordinal);

    /// <summary>Asked first for each call, by operation; null leaves the choice to queues and standing answers.</summary>
    public Func<string, ScriptedAnswer?>? Selector { get; set; }

    /// <summary>Adds an answer for one call of the operation, after those added before.</summary>
    public AnswerScript Next(string operation, ScriptedAnswer answer)
    {
        _next.GetOrAdd(operation, _ => new ConcurrentQueue<ScriptedAnswer>()).Enqueue(answer);
        return this;
    }

    /// <summary>The answer for each call of the operation that finds no queued one.</summary>
    public AnswerScript Always(string operation, ScriptedAnswer answer)
    {
        _standing[operation] = answer;
        return this;
    }

    internal ScriptedAnswer Take(string operation) => Selector?.Invoke(operation) ?? TakeStanding(operation);

    private ScriptedAnswer TakeStanding(string operation) =>
        _next.TryGetValue(operation, out var queue) && queue.TryDequeue(out var answer)
            ? answer
            : _standing.GetValueOrDefault(operation, new ScriptedAnswer.Ordinary());
}
