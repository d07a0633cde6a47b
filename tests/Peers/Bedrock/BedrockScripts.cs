using System.Text.Json;

namespace Holdfast.Peers.Bedrock;

/// <summary>
/// Chooses the script of a request: the selector, then the queue of the model, then the first rule that matches, then the
/// default. Thread-safe.
/// </summary>
internal sealed class BedrockScripts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<BedrockScript>> _queues = new(StringComparer.Ordinal);
    private readonly List<BedrockRule> _rules = [];
    private BedrockScript _default = BedrockScript.Default;

    public Func<BedrockRequest, BedrockScript?>? Selector { get; set; }

    public void Enqueue(string modelId, IEnumerable<BedrockScript> scripts)
    {
        lock (_lock)
        {
            if (!_queues.TryGetValue(modelId, out var queue))
            {
                _queues[modelId] = queue = new Queue<BedrockScript>();
            }

            foreach (var script in scripts)
            {
                queue.Enqueue(script);
            }
        }
    }

    public void Add(BedrockRule rule)
    {
        lock (_lock)
        {
            _rules.Add(rule);
        }
    }

    public void SetDefault(BedrockScript script)
    {
        lock (_lock)
        {
            _default = script;
        }
    }

    /// <summary>Adds what a JSON document scripts; see <see cref="BedrockScriptJson"/>.</summary>
    public void Load(JsonElement document)
    {
        var loaded = BedrockScriptJson.Parse(document);
        lock (_lock)
        {
            if (loaded.Reset)
            {
                _queues.Clear();
                _rules.Clear();
                _default = BedrockScript.Default;
            }

            _rules.AddRange(loaded.Rules);
            _default = loaded.Default ?? _default;
        }

        foreach (var (modelId, scripts) in loaded.Models)
        {
            Enqueue(modelId, scripts);
        }
    }

    public BedrockScript Next(BedrockRequest request)
    {
        if (Selector?.Invoke(request) is { } selected)
        {
            return selected;
        }

        lock (_lock)
        {
            return _queues.TryGetValue(request.ModelId, out var queue) && queue.TryDequeue(out var queued)
                ? queued
                : _rules.Find(rule => rule.Matches(request))?.Script ?? _default;
        }
    }
}
