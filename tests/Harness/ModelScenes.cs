using Holdfast.Peers.Bedrock;
using Holdfast.Tests.Support;

namespace Holdfast.Harness;

/// <summary>
/// What the model answers, by a word of the message that is asked: so that tests share a fixture and do not take each other's answers.
/// When several words stand in a prompt's last message, the last one decides. Safe for concurrent use.
/// </summary>
public sealed class ModelScenes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<BedrockScript>> _scenes = new(StringComparer.Ordinal);
    private readonly ScriptedBedrock _bedrock;

    public ModelScenes(ScriptedBedrock bedrock)
    {
        _bedrock = bedrock;
        bedrock.Selector = Next;
    }

    /// <summary>The answers to requests with this word, one each; later ones get the peer's default.</summary>
    public void Play(string word, params BedrockScript[] scripts)
    {
        lock (_gate)
        {
            _scenes[word] = new Queue<BedrockScript>(scripts);
        }
    }

    /// <summary>The requests whose last message has this word, in order.</summary>
    public IReadOnlyList<BedrockRequest> RequestsOf(string word) =>
        [.. _bedrock.Requests.Where(request => request.LastUserText.Contains(word, StringComparison.Ordinal))];

    /// <summary>Waits for the request of this number (1 is the first).</summary>
    public async Task<BedrockRequest> RequestAsync(string word, int number, TimeSpan within)
    {
        await Eventually.BecomesTrueAsync(() => RequestsOf(word).Count >= number, within, $"request {number} of '{word}'");
        return RequestsOf(word)[number - 1];
    }

    private BedrockScript? Next(BedrockRequest request)
    {
        lock (_gate)
        {
            var word = _scenes.Keys
                .Select(word => (Word: word, At: request.LastUserText.LastIndexOf(word, StringComparison.Ordinal)))
                .Where(found => found.At >= 0)
                .OrderByDescending(found => found.At)
                .Select(found => found.Word)
                .FirstOrDefault();
            return word is not null && _scenes[word].TryDequeue(out var script) ? script : null;
        }
    }
}
