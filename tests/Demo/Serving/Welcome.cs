namespace Holdfast.Demo.Serving;

/// <summary>What a newcomer reads: where things are, and commands that work as they stand.</summary>
internal static class Welcome
{
    public static void Write(Uri app, IServed served)
    {
        var root = app.GetLeftPart(UriPartial.Authority);
        string[] lines =
        [
            "",
            $"Holdfast:  {root}",
            .. served.Description,
            "",
            "Send a message, and read the session and its transcript a moment later:",
            "",
            $"  curl -s -X POST '{root}/api/sessions/agent:main:http:hello/messages' -H 'Content-Type: application/json' -d '{{\"text\":\"Hello, who is there?\"}}'",
            $"  curl -s '{root}/api/sessions/agent:main:http:hello'",
            $"  curl -s '{root}/api/sessions/agent:main:http:hello/transcript'",
            "",
            $"Sessions at work: curl -s '{root}/runtime/webhooks/durabletask/instances'",
            "Ctrl-C ends it. To begin anew, delete .holdfast/up.",
            "",
        ];
        Array.ForEach(lines, Console.WriteLine);
    }
}
