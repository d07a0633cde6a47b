using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Peers.Scripting;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Peers.GitHub;

/// <summary>What each operation does and answers. Shapes, limits and messages are those of GitHub's REST reference.</summary>
internal sealed class GitHubApi(ScriptedGitHubOptions options, GitHubStore store, Func<Uri> server)
{
    private const int MaxBodyCharacters = 65_536;
    private const int DefaultPageSize = 30;
    private const int MaxPageSize = 100;

    /// <summary>Owner and name without regard to case; a number alone for calls by repository id.</summary>
    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "A key, and readable.")]
    public static string Repository(string? owner, string name) => (owner is null ? name : $"{owner}/{name}").ToLowerInvariant();

    public PeerReply CreateComment(HttpContext http, string body)
    {
        if (Unauthorized(http, out var token) is { } refusal)
        {
            return refusal;
        }

        if (Text(body, out var text) is { } invalid)
        {
            return invalid;
        }

        var isBot = GitHubStore.IsInstallation(token);
        var comment = store.Add(Repository(http), Number(http, "number"), text, isBot ? "holdfast[bot]" : "holdfast-user", isBot);
        return PeerReply.Json(201, comment.ToJson(server()));
    }

    public PeerReply UpdateComment(HttpContext http, string body)
    {
        if (Unauthorized(http, out _) is { } refusal)
        {
            return refusal;
        }

        return Text(body, out var text) ?? Found(store.Update(Repository(http), Number(http, "id"), text));
    }

    public PeerReply GetComment(HttpContext http, string body) =>
        Unauthorized(http, out _)
            ?? Found(store.Comments.FirstOrDefault(c => c.Repository == Repository(http) && c.Id == Number(http, "id")));

    public PeerReply ListComments(HttpContext http, string body)
    {
        if (Unauthorized(http, out _) is { } refusal)
        {
            return refusal;
        }

        var (repository, number) = (Repository(http), Number(http, "number"));
        // GitHub compares at the whole second that it shows.
        var since = DateTimeOffset.TryParse(http.Request.Query["since"], CultureInfo.InvariantCulture, out var at)
            ? at
            : DateTimeOffset.MinValue;
        var all = store.Comments
            .Where(
                c => c.Repository == repository && c.IssueNumber == number && c.UpdatedAt.ToUnixTimeSeconds() >= since.ToUnixTimeSeconds())
            .ToList();
        var (page, size) = (Query(http, "page", 1), Math.Min(MaxPageSize, Query(http, "per_page", DefaultPageSize)));
        var items = new JsonArray([.. all.Skip((page - 1) * size).Take(size).Select(c => c.ToJson(server()))]);
        var last = Math.Max(1, (all.Count + size - 1) / size);
        return page < last ? PeerReply.Json(200, items, ("Link", Links(http, page, last))) : PeerReply.Json(200, items);
    }

    public PeerReply GetInstallation(HttpContext http, string body) =>
        NotTheApp(http) ?? PeerReply.Json(200, new JsonObject
        {
            ["id"] = options.InstallationId,
            ["account"] = new JsonObject { ["login"] = (string)http.Request.RouteValues["owner"]!, ["id"] = 1, ["type"] = "Organization" },
            ["repository_selection"] = "selected",
            ["access_tokens_url"] = new Uri(server(), $"app/installations/{options.InstallationId}/access_tokens").ToString(),
            ["app_id"] = 1234,
            ["target_id"] = 1,
            ["target_type"] = "Organization",
            ["permissions"] = new JsonObject { ["issues"] = "write", ["metadata"] = "read" },
            ["events"] = new JsonArray("issue_comment", "issues"),
            ["suspended_at"] = null,
        });

    public PeerReply CreateInstallationToken(HttpContext http, string body)
    {
        if (NotTheApp(http) is { } refusal)
        {
            return refusal;
        }

        if (Number(http, "id") != options.InstallationId)
        {
            return Refusal(404, "Not Found");
        }

        var (token, expiresAt) = store.IssueToken();
        return PeerReply.Json(201, new JsonObject
        {
            ["token"] = token,
            ["expires_at"] = expiresAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["permissions"] = new JsonObject { ["issues"] = "write" },
            ["repository_selection"] = "selected",
        });
    }

    private PeerReply? Unauthorized(HttpContext http, out string token)
    {
        token = http.Request.Headers.Authorization.ToString().Split(' ').Last();
        return token.Length == 0 ? Refusal(401, "Requires authentication") : store.Accepts(token) ? null : Refusal(401, "Bad credentials");
    }

    private PeerReply? NotTheApp(HttpContext http)
    {
        if (options.AppPublicKeyPem is not { } pem)
        {
            return Unauthorized(http, out _);
        }

        using var key = RSA.Create();
        key.ImportFromPem(pem);
        return AppJwt.Fault(http.Request.Headers.Authorization.ToString(), key, options.AppIssuer, options.Time.GetUtcNow()) is { } fault
            ? Refusal(401, fault)
            : null;
    }

    private PeerReply Found(StoredComment? comment) =>
        comment is null ? Refusal(404, "Not Found") : PeerReply.Json(200, comment.ToJson(server()));

    private static PeerReply? Text(string body, out string text)
    {
        text = "";
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return Refusal(400, "Problems parsing JSON");
        }

        text = (json as JsonObject)?["body"]?.ToString() ?? "";
        return string.IsNullOrWhiteSpace(text) ? Refusal(422, "Validation Failed")
            : text.Length > MaxBodyCharacters ? Refusal(422, "Body is too long (maximum is 65536 characters)")
            : null;
    }

    private static string Links(HttpContext http, int page, int last)
    {
        var query = http.Request.Query.Where(p => p.Key != "page").Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value.ToString())}&");
        var address = $"{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}?{string.Concat(query)}page=";
        return $"<{address}{page + 1}>; rel=\"next\", <{address}{last}>; rel=\"last\"";
    }

    private static PeerReply Refusal(int status, string message) =>
        PeerReply.Json(status, new JsonObject { ["message"] = message, ["documentation_url"] = "https://docs.github.com/rest" });

    private static string Repository(HttpContext http) =>
        Repository((string?)http.Request.RouteValues["owner"], (string)http.Request.RouteValues["name"]!);

    private static long Number(HttpContext http, string name) =>
        long.Parse((string)http.Request.RouteValues[name]!, CultureInfo.InvariantCulture);

    private static int Query(HttpContext http, string name, int fallback) =>
        int.TryParse(http.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : fallback;
}
