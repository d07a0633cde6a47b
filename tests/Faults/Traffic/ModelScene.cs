using System.Collections.Immutable;
using System.Globalization;
using Holdfast.Peers.Bedrock;
using static Holdfast.Peers.Bedrock.BedrockStep;

namespace Holdfast.Tests.Faults.Traffic;

/// <summary>One answer of the model.</summary>
/// <param name="Name">What is wrong with it; empty for an ordinary one.</param>
/// <param name="Text">What it says.</param>
/// <param name="IsComplete">Whether it says it to the end and holds text.</param>
public sealed record ModelScene(string Name, BedrockScript Script, string Text, bool IsComplete)
{
    /// <summary>More than Slack takes in one message.</summary>
    private const int LongWords = 2600;

    /// <param name="toolResults">Tool results that the request holds since the message.</param>
    /// <param name="number">The how-manieth request for this answer, from 1.</param>
    public static ModelScene Of(int seed, int message, int toolResults, int number, string token)
    {
        var kind = Seeds.Random(seed, message, toolResults).NextDouble();
        var random = Seeds.Random(seed, message, toolResults, number);
        var text = TextOf(token, number, random.Next(30, 60));
        var pace = TimeSpan.FromSeconds(0.5 + (random.NextDouble() * 3.5));
        var first = number == 1;
        return kind switch
        {
            < 0.015 => Unheard("empty, always", new MessageStop(), new Metadata()),
            < 0.03 => Unheard("refused, always", new HttpError(400, "ValidationException", "Not acceptable.")),
            < 0.04 => Broken("no messageStop, always", text, new EndHere()),
            < 0.10 when toolResults == 0 => Tool(token, message, number),
            < 0.14 => Plain("silent before the first word", text, pace, before: TimeSpan.FromSeconds(8 + (random.NextDouble() * 12))),
            < 0.18 => Plain("silent in the middle", text, pace, amid: TimeSpan.FromSeconds(6 + (random.NextDouble() * 12))),
            < 0.22 => Plain("long", text, TimeSpan.FromSeconds(8 + (random.NextDouble() * 10))),
            < 0.25 when toolResults == 0 => Plain("more than one message", TextOf(token, number, LongWords), pace),
            < 0.27 when first => Broken("silent for good", text, new Silence(TimeSpan.FromMinutes(5))),
            < 0.31 when first => Broken("no messageStop", text, new EndHere()),
            < 0.35 when first => Broken("throttled in the stream", text, new Exceptional("throttlingException", "Too many tokens.")),
            < 0.38 when first => Broken("internal error in the stream", text, new Exceptional("internalServerException", "Failed.")),
            < 0.41 when first => Broken("model error in the stream", text, new Exceptional("modelStreamErrorException", "Failed.")),
            < 0.43 when first => Broken("socket cut", text, new CutSocket()),
            < 0.46 when first => Unheard("503", new HttpError(503, "ServiceUnavailableException", "No capacity.")),
            < 0.48 when first => Unheard("429", new HttpError(429, "ThrottlingException", "Too many requests.")),
            < 0.50 when first => Unheard("no answer at all", new NoAnswer()),
            < 0.53 when first => Unheard("empty", new MessageStop(), new Metadata()),
            _ => Plain("", text, pace),
        };
    }

    /// <summary>An ordinary answer of three to six seconds.</summary>
    public static ModelScene Sound(int seed, int message, int number, string token)
    {
        var random = Seeds.Random(seed, message, 0, number);
        return Plain("", TextOf(token, number, random.Next(30, 60)), TimeSpan.FromSeconds(3 + (random.NextDouble() * 3)));
    }

    private static ModelScene Plain(string name, string text, TimeSpan pace, TimeSpan before = default, TimeSpan amid = default)
    {
        var deltas = DeltasOf(text);
        var (half, interval) = (deltas.Length / 2, pace / deltas.Length);
        var steps = ImmutableArray.CreateBuilder<BedrockStep>();
        if (before > TimeSpan.Zero)
        {
            steps.Add(new Silence(before));
        }

        steps.Add(new Text(deltas[..half], interval));
        if (amid > TimeSpan.Zero)
        {
            steps.Add(new Silence(amid));
        }

        steps.AddRange(new Text(deltas[half..], interval), new MessageStop(), new Metadata());
        return new ModelScene(name, new BedrockScript(steps.ToImmutable()), text, IsComplete: true);
    }

    private static ModelScene Broken(string name, string text, BedrockStep end)
    {
        var deltas = DeltasOf(text);
        return new ModelScene(
            name, new BedrockScript(new Text(deltas[..(deltas.Length / 2)], TimeSpan.FromMilliseconds(60)), end), text, IsComplete: false);
    }

    private static ModelScene Unheard(
        string name, params BedrockStep[] steps) => new(name, new BedrockScript(steps), "", IsComplete: false);

    private static ModelScene Tool(string token, int message, int number) => new(
        "tool call",
        BedrockScript.Asking(
            "exec", string.Create(CultureInfo.InvariantCulture, $"call-{message}-{number}"),
            $$"""{"command":"echo","args":["{{token}}"]}"""),
        "",
        IsComplete: false);

    private static string TextOf(string token, int number, int words) => string.Create(
        CultureInfo.InvariantCulture,
        $"About {token}, as told the {number}. time: {string.Join(' ', Enumerable.Range(1, words).Select(word => $"word{word}"))}.");

    /// <summary>Some forty deltas, however long the text is.</summary>
    private static ImmutableArray<string> DeltasOf(string text) =>
        [.. text.Chunk(Math.Max(1, text.Length / 40)).Select(piece => new string(piece))];
}
