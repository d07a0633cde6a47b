using Holdfast.Peers.GitHub;
using Holdfast.Peers.Scripting;
using Holdfast.Peers.Slack;

namespace Holdfast.Tests.Faults.Injection;

/// <summary>
/// How Slack and GitHub answer: mostly as they should; else limits, server errors, lost requests, lost answers, and answers that come
/// after the caller gave up. By seed, call by call. Safe for concurrent use.
/// </summary>
public sealed class PeerFaults(int seed, FaultLog log)
{
    private readonly Lock _gate = new();
    private readonly Random _random = Seeds.Random(seed);
    private bool _isOver;

    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
        }
    }

    public ScriptedAnswer? OfSlack(string method) => Next(FaultNames.Slack, method, draw => draw switch
    {
        < 0.06 => ("429", SlackAnswers.RateLimited(1)),
        < 0.11 => ("503", SlackAnswers.Unavailable()),
        < 0.15 => ("internal_error", SlackAnswers.Error("internal_error")),
        _ => Lost(draw),
    });

    public ScriptedAnswer? OfGitHub(string operation) => Next(FaultNames.GitHub, operation, draw => draw switch
    {
        < 0.06 => ("429", GitHubAnswers.SecondaryRateLimited(429, 1)),
        < 0.11 => ("500", GitHubAnswers.Refused(500, "Server Error")),
        < 0.15 => ("502", GitHubAnswers.Refused(502, "Bad Gateway")),
        _ => Lost(draw),
    });

    private (string Name, ScriptedAnswer? Answer) Lost(double draw) => draw switch
    {
        < 0.23 => ("answer lost", new ScriptedAnswer.LostAnswer()),
        < 0.27 => ("request lost", new ScriptedAnswer.LostRequest()),
        < 0.30 => ("answer late", new ScriptedAnswer.Held(Task.Delay(TimeSpan.FromSeconds(_random.Next(1, 22))))),
        _ => ("", null),
    };

    private ScriptedAnswer? Next(string peer, string call, Func<double, (string Name, ScriptedAnswer? Answer)> choose)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return null;
            }

            var (name, answer) = choose(_random.NextDouble());
            if (answer is not null)
            {
                log.Note($"{peer}: {name}", call);
            }

            return answer;
        }
    }
}
