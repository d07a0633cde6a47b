using System.Collections.Immutable;
using System.Text.Json;

namespace Holdfast.Peers.Bedrock;

/// <summary>
/// Scripts as JSON, for peers that run as a process of their own:
/// <code>
/// { "reset": true,
///   "default": [ STEP, … ],
///   "models": { "MODEL": [ [ STEP, … ], … ] },
///   "rules": [ { "model": "MODEL", "toolResults": 0, "contains": "TEXT", "steps": [ STEP, … ] } ] }
/// </code>
/// A model's scripts are used up in order; rules serve any number of requests. A step is an object whose <c>step</c> names
/// it; durations are whole milliseconds.
/// </summary>
internal static class BedrockScriptJson
{
    /// <exception cref="FormatException">The document is not of this form; the message says what is wrong.</exception>
    public static Loaded Parse(JsonElement document)
    {
        try
        {
            return new Loaded(
                document.TryGetProperty("reset", out var reset) && reset.GetBoolean(),
                document.TryGetProperty("default", out var fallback) ? Script(fallback) : null,
                document.TryGetProperty("models", out var models)
                    ? [.. models.EnumerateObject().Select(
                        model => (model.Name, model.Value.EnumerateArray().Select(Script).ToImmutableArray()))]
                    : [],
                document.TryGetProperty("rules", out var rules) ? [.. rules.EnumerateArray().Select(Rule)] : []);
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"The script is not of the documented form: {exception.Message}", exception);
        }
    }

    private static BedrockRule Rule(JsonElement rule) => new(
        Text(rule, "model"), Number(rule, "toolResults"), Text(rule, "contains"), Script(rule.GetProperty("steps")));

    private static BedrockScript Script(JsonElement steps) => new(steps.EnumerateArray().Select(Step).ToImmutableArray());

    private static BedrockStep Step(JsonElement step) => Text(step, "step") switch
    {
        "silence" => new BedrockStep.Silence(Duration(step, "ms")),
        "holdHeaders" => new BedrockStep.HoldHeaders(Duration(step, "ms")),
        "noAnswer" => new BedrockStep.NoAnswer(),
        "gate" => new BedrockStep.Gate(Required(step, "name")),
        "messageStart" => new BedrockStep.MessageStart(),
        "text" => new BedrockStep.Text(Deltas(step), Duration(step, "intervalMs")),
        "reasoning" => new BedrockStep.Reasoning(Deltas(step), Duration(step, "intervalMs"), Text(step, "signature")),
        "redactedReasoning" => new BedrockStep.RedactedReasoning([.. step.GetProperty("content").GetBytesFromBase64()]),
        "toolUse" => new BedrockStep.ToolUse(
            Required(step, "name"),
            Required(step, "id"),
            step.GetProperty("input").GetRawText(),
            Number(step, "chunks") ?? 1,
            Duration(step, "intervalMs")),
        "stop" => new BedrockStep.MessageStop(Text(step, "reason") ?? "end_turn"),
        "metadata" => new BedrockStep.Metadata(Number(step, "inputTokens") ?? 10, Number(step, "outputTokens") ?? 20),
        "exception" => new BedrockStep.Exceptional(Required(step, "kind"), Required(step, "message"), Number(step, "originalStatusCode")),
        "error" => new BedrockStep.Errored(Required(step, "code"), Required(step, "message")),
        "httpError" => new BedrockStep.HttpError(
            Number(step, "status") ?? 500,
            Required(step, "type"),
            Required(step, "message"),
            Number(step, "retryAfterSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
        "cut" => new BedrockStep.CutSocket(),
        "end" => new BedrockStep.EndHere(),
        "endInsideFrame" => new BedrockStep.EndInsideFrame(),
        "unknownEvent" => new BedrockStep.UnknownEvent(Required(step, "name")),
        "damagedText" => new BedrockStep.DamagedText(Required(step, "text")),
        var other => throw new FormatException($"There is no step '{other}'."),
    };

    /// <summary>Either <c>texts</c>, or <c>text</c> repeated <c>count</c> times; <c>{n}</c> in it becomes the delta's number.</summary>
    private static ImmutableArray<string> Deltas(JsonElement step)
    {
        if (step.TryGetProperty("texts", out var texts))
        {
            return [.. texts.EnumerateArray().Select(text => text.GetString()!)];
        }

        var delta = Required(step, "text");
        return [.. Enumerable.Range(1, Number(step, "count") ?? 1)
            .Select(n => delta.Replace("{n}", n.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal))];
    }

    private static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Required(JsonElement from, string name)
        => Text(from, name) ?? throw new FormatException($"A step '{Text(from, "step")}' needs '{name}'.");

    private static int? Number(JsonElement from, string name) => from.TryGetProperty(name, out var value) ? value.GetInt32() : null;

    private static TimeSpan Duration(JsonElement from, string name) => TimeSpan.FromMilliseconds(Number(from, name) ?? 0);

    /// <summary>What a document held.</summary>
    internal sealed record Loaded(
        bool Reset,
        BedrockScript? Default,
        ImmutableArray<(string Model, ImmutableArray<BedrockScript> Scripts)> Models,
        ImmutableArray<BedrockRule> Rules);
}
