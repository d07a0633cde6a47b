using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Holdfast.Peers.Scripting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Peers.Slack;

/// <summary>
/// The part of Slack's Web API that the app speaks, on a socket of this machine. It keeps what is posted, records every call before
/// it answers, and answers as <see cref="Script"/> says (operations are method names, for example <c>chat.postMessage</c>).
/// <c>GET /_calls</c> and <c>GET /_messages</c> show both to other processes.
/// </summary>
public sealed class ScriptedSlack : IAsyncDisposable
{
    /// <summary>The user that the bot token stands for.</summary>
    public const string BotUserId = "U0HOLDFAST";

    public const string BotId = "B0HOLDFAST";

    public const string AppId = "A0HOLDFAST";

    public const string TeamId = "T0HOLDFAST";

    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<SlackCall> _calls = new();
    private readonly SlackMessages _messages;
    private readonly SlackMethods _methods;
    private LoopbackServer? _server;

    private ScriptedSlack(TimeProvider time)
    {
        _time = time;
        _messages = new SlackMessages(time);
        _methods = new SlackMethods(_messages);
    }

    /// <summary>The server's root.</summary>
    public Uri BaseUri => _server!.BaseUri;

    /// <summary>What a client takes for <c>https://slack.com/api/</c>.</summary>
    public Uri ApiUri => new(BaseUri, "api/");

    public AnswerScript Script { get; } = new();

    /// <summary>All calls so far, in the order they came in, also those without an answer.</summary>
    public IReadOnlyList<SlackCall> Calls => [.. _calls];

    /// <summary>All messages that stand, in the order they were posted.</summary>
    public IReadOnlyList<PostedMessage> Messages => _messages.All;

    public static Task<ScriptedSlack> StartAsync(CancellationToken cancellationToken = default) =>
        StartAsync(TimeProvider.System, cancellationToken);

    public static async Task<ScriptedSlack> StartAsync(TimeProvider time, CancellationToken cancellationToken = default)
    {
        var slack = new ScriptedSlack(time);
        slack._server = await LoopbackServer.StartAsync(slack.Map, cancellationToken);
        return slack;
    }

    /// <summary>Puts a person's message into a channel, so that a thread can hang on it.</summary>
    public PostedMessage Say(string channel, string text, string? threadTs = null) =>
        _messages.Post(channel, text, threadTs, null, fromBot: false);

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private void Map(WebApplication app)
    {
        app.Map("/api/{method}", CallAsync);
        app.MapGet(
            "/_calls",
            (HttpContext http) => PeerReply.PlayAsync(http, new ScriptedAnswer.Ordinary(), () => PeerReply.Json(200, CallsJson())));
        app.MapGet(
            "/_messages",
            (HttpContext http) => PeerReply.PlayAsync(http, new ScriptedAnswer.Ordinary(), () => PeerReply.Json(200, MessagesJson())));
    }

    private async Task CallAsync(HttpContext http)
    {
        var method = (string)http.Request.RouteValues["method"]!;
        var arguments = await SlackArguments.ReadAsync(http.Request);
        var authorized = http.Request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            || arguments.Remove("token");
        _calls.Enqueue(new SlackCall(method, arguments, _time.GetUtcNow(), authorized));
        await PeerReply.PlayAsync(
            http,
            Script.Take(method),
            () => PeerReply.Json(200, authorized ? _methods.Run(method, arguments) : SlackMethods.Error("not_authed")));
    }

    private JsonArray CallsJson() =>
        [.. _calls.Select(call => new JsonObject
        {
            ["method"] = call.Method,
            ["arguments"] = call.Arguments.DeepClone(),
            ["at"] = call.At.ToString("O"),
            ["hasAuthorization"] = call.HasAuthorization,
        })];

    private JsonArray MessagesJson() =>
        [.. Messages.Select(message =>
        {
            var json = message.ToJson(withMetadata: true);
            json["channel"] = message.Channel;
            return json;
        })];
}
