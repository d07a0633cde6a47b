using System.Globalization;
using System.Text.RegularExpressions;
using Holdfast.Peers.Bedrock;

namespace Holdfast.Tests.Faults.Traffic;

/// <summary>An answer that the model gave, or began to.</summary>
/// <param name="Message">The number of the message it was asked about.</param>
/// <param name="Text">All the text that its stream held.</param>
/// <param name="IsComplete">The stream stopped properly.</param>
/// <param name="AskedAt">When the request came.</param>
public sealed record ModelAnswer(int Message, string Text, bool IsComplete, DateTimeOffset AskedAt);

/// <summary>
/// The model's side: what it answers to which message, by seed, message and try. Some answers fail, most of these only the first time.
/// </summary>
public sealed partial class ModelSimulator
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Message, int ToolResults), int> _tries = [];
    private readonly List<ModelAnswer> _answers = [];
    private readonly int _seed;
    private readonly bool _isSound;
    private readonly FaultLog _log;

    /// <param name="bedrock">Whom it speaks for.</param>
    /// <param name="seed">Decides what it says.</param>
    /// <param name="isSound">It never fails.</param>
    /// <param name="log">Gets what is wrong with an answer.</param>
    public ModelSimulator(ScriptedBedrock bedrock, int seed, bool isSound, FaultLog log)
    {
        (_seed, _isSound, _log) = (seed, isSound, log);
        bedrock.Selector = Choose;
    }

    /// <summary>All answers so far, in the order they were asked for.</summary>
    public IReadOnlyList<ModelAnswer> Answers
    {
        get
        {
            lock (_gate)
            {
                return [.. _answers];
            }
        }
    }

    private BedrockScript? Choose(BedrockRequest request)
    {
        var tokens = Token().Matches(request.LastUserText);
        if (tokens.Count == 0)
        {
            _log.Note(FaultNames.Model + ": asked about nothing that was sent", request.LastUserText);
            return null;
        }

        var token = tokens[^1];
        var message = int.Parse(token.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        lock (_gate)
        {
            var key = (message, request.ToolResultsOfTurn);
            var number = _tries[key] = _tries.GetValueOrDefault(key) + 1;
            var scene = _isSound
                ? ModelScene.Sound(_seed, message, number, token.Value)
                : ModelScene.Of(_seed, message, request.ToolResultsOfTurn, number, token.Value);
            if (scene.Name.Length > 0)
            {
                _log.Note($"{FaultNames.Model}: {scene.Name}", token.Value);
            }

            _answers.Add(new ModelAnswer(message, scene.Text, scene.IsComplete, request.ArrivedAt));
            return scene.Script;
        }
    }

    [GeneratedRegex("q[0-9]+x(?<number>[0-9]+)x[0-9a-f]{8}")]
    private static partial Regex Token();
}
