using System.Globalization;
using Holdfast.Peers.Scripting;

namespace Holdfast.Peers.Slack;

/// <summary>Slack's own ways of saying no.</summary>
public static class SlackAnswers
{
    /// <summary>200 with <c>ok: false</c> and the code.</summary>
    public static ScriptedAnswer Error(string code) => new ScriptedAnswer.Refused(200, $$"""{"ok":false,"error":"{{code}}"}""");

    /// <summary>429 with Retry-After in whole seconds.</summary>
    public static ScriptedAnswer RateLimited(int seconds) => new ScriptedAnswer.Refused(
        429, """{"ok":false,"error":"ratelimited"}""", [("Retry-After", seconds.ToString(CultureInfo.InvariantCulture))]);

    /// <summary>503 with a body that is no JSON.</summary>
    public static ScriptedAnswer Unavailable() => new ScriptedAnswer.Refused(503, "<html>upstream</html>");
}
