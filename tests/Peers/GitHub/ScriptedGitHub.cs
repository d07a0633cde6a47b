using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Peers.Scripting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Peers.GitHub;

/// <summary>
/// The part of GitHub's REST API that the app speaks, on a socket of this machine, with and without the prefix <c>/api/v3</c> of
/// an enterprise server. It keeps what is posted exactly as sent, records every call before it answers, and answers as
/// <see cref="Script"/> says (operations are those of <see cref="GitHubOperations"/>). <c>GET /_calls</c> and
/// <c>GET /_comments</c> show both to other processes.
/// </summary>
public sealed class ScriptedGitHub : IAsyncDisposable
{
    private readonly ScriptedGitHubOptions _options;
    private readonly ConcurrentQueue<GitHubCall> _calls = new();
    private readonly GitHubStore _store;
    private readonly GitHubApi _api;
    private LoopbackServer? _server;
    private int _requests;

    private ScriptedGitHub(ScriptedGitHubOptions options)
    {
        _options = options;
        _store = new GitHubStore(options.Time);
        _api = new GitHubApi(options, _store, () => BaseUri);
    }

    /// <summary>The server's root: what <c>new GitHubClient(product, uri)</c> and the option <c>baseUrl</c> of octokit take.</summary>
    public Uri BaseUri => _server!.BaseUri;

    public AnswerScript Script { get; } = new();

    /// <summary>All calls so far, in the order they came in, also those without an answer.</summary>
    public IReadOnlyList<GitHubCall> Calls => [.. _calls];

    /// <summary>All comments that stand, in the order they were made.</summary>
    public IReadOnlyList<StoredComment> Comments => _store.Comments;

    public static async Task<ScriptedGitHub> StartAsync(
        ScriptedGitHubOptions? options = null, CancellationToken cancellationToken = default)
    {
        var github = new ScriptedGitHub(options ?? new ScriptedGitHubOptions());
        github._server = await LoopbackServer.StartAsync(github.Map, cancellationToken);
        return github;
    }

    /// <summary>Puts a person's comment on an issue.</summary>
    public StoredComment Say(string owner, string name, long issueNumber, string body) =>
        _store.Add(GitHubApi.Repository(owner, name), issueNumber, body, "octocat", isBot: false);

    /// <inheritdoc cref="GitHubStore.RevokeTokens"/>
    public void RevokeTokens() => _store.RevokeTokens();

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private void Map(WebApplication app)
    {
        foreach (var prefix in new[] { "", "/api/v3" })
        {
            MapRest(app.MapGroup(prefix), prefix);
        }

        app.MapGet(
            "/_calls",
            (HttpContext http) => PeerReply.PlayAsync(http, new ScriptedAnswer.Ordinary(), () => PeerReply.Json(200, CallsJson())));
        app.MapGet(
            "/_comments",
            (HttpContext http) => PeerReply.PlayAsync(http, new ScriptedAnswer.Ordinary(), () => PeerReply.Json(200, CommentsJson())));
    }

    private void MapRest(RouteGroupBuilder group, string prefix)
    {
        Route("POST", "/repos/{owner}/{name}/issues/{number:long}/comments", GitHubOperations.CreateComment, _api.CreateComment);
        Route("GET", "/repos/{owner}/{name}/issues/{number:long}/comments", GitHubOperations.ListComments, _api.ListComments);
        Route("POST", "/repositories/{name}/issues/{number:long}/comments", GitHubOperations.CreateComment, _api.CreateComment);
        Route("GET", "/repositories/{name}/issues/{number:long}/comments", GitHubOperations.ListComments, _api.ListComments);
        Route("GET", "/repos/{owner}/{name}/issues/comments/{id:long}", GitHubOperations.GetComment, _api.GetComment);
        Route("PATCH", "/repos/{owner}/{name}/issues/comments/{id:long}", GitHubOperations.UpdateComment, _api.UpdateComment);
        Route("GET", "/repos/{owner}/{name}/installation", GitHubOperations.GetInstallation, _api.GetInstallation);
        Route("POST", "/app/installations/{id:long}/access_tokens", GitHubOperations.CreateInstallationToken, _api.CreateInstallationToken);

        void Route(string method, string pattern, string operation, Func<HttpContext, string, PeerReply> act) =>
            group.MapMethods(pattern, [method], http => CallAsync(http, operation, prefix, act));
    }

    private async Task CallAsync(HttpContext http, string operation, string prefix, Func<HttpContext, string, PeerReply> act)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var scheme = http.Request.Headers.Authorization.ToString().Split(' ')[0];
        _calls.Enqueue(new GitHubCall(
            operation,
            http.Request.Method,
            http.Request.Path.Value![prefix.Length..],
            http.Request.QueryString.ToString(),
            body,
            _options.Time.GetUtcNow(),
            scheme.Length == 0 ? null : scheme.ToLowerInvariant(),
            prefix.Length > 0));
        http.Response.Headers["X-RateLimit-Limit"] = "5000";
        http.Response.Headers["X-RateLimit-Remaining"] = (5000 - Interlocked.Increment(ref _requests))
            .ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["X-RateLimit-Reset"] = _options.Time.GetUtcNow()
            .AddHours(1)
            .ToUnixTimeSeconds()
            .ToString(CultureInfo.InvariantCulture);
        await PeerReply.PlayAsync(http, Script.Take(operation), () => act(http, body));
    }

    private JsonArray CallsJson() =>
        [.. _calls.Select(call => new JsonObject
        {
            ["operation"] = call.Operation,
            ["method"] = call.Method,
            ["path"] = call.Path,
            ["query"] = call.Query,
            ["body"] = call.Body,
            ["at"] = call.At.ToString("O"),
            ["authorizationScheme"] = call.AuthorizationScheme,
        })];

    private JsonArray CommentsJson() =>
        [.. Comments.Select(comment =>
        {
            var json = comment.ToJson(BaseUri);
            json["repository"] = comment.Repository;
            json["issue_number"] = comment.IssueNumber;
            return json;
        })];
}
