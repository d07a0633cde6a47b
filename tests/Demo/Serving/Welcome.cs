namespace Holdfast.Demo.Serving;

/// <summary>What a newcomer reads: where things are, and commands that work as they stand, from the repository's root.</summary>
internal static class Welcome
{
    /// <param name="app">Where it listens.</param>
    /// <param name="keys">The folder of the keys; null when none are asked for.</param>
    public static void Write(Uri app, string? keys, IServed served)
    {
        var root = app.GetLeftPart(UriPartial.Authority);
        string Key(string name) => keys is null ? "" : $"-H \"x-functions-key: $(cat {keys}/{name})\" ";
        var key = Key("function");
        string[] lines =
        [
            "",
            $"Holdfast:  {root}",
            .. served.Description,
            .. keys is null ? Array.Empty<string>() : [$"Keys:      {keys}; 'function' opens /api, 'master' everything"],
            "",
            "Send a message, and read the session and its transcript a moment later:",
            "",
            $"  curl -s -X POST '{root}/api/sessions/agent:main:http:hello/messages' {key}-H 'Content-Type: application/json' -d "
                + $"'{{\"text\":\"Hello, who is there?\"}}'",
            $"  curl -s {key}'{root}/api/sessions/agent:main:http:hello'",
            $"  curl -s {key}'{root}/api/sessions/agent:main:http:hello/transcript'",
            "",
            $"Sessions at work: curl -s {Key("master")}'{root}/runtime/webhooks/durabletask/instances'",
            "Ctrl-C ends it. To begin anew, delete .holdfast/up.",
            "",
        ];
        Array.ForEach(lines, Console.WriteLine);
    }
}
