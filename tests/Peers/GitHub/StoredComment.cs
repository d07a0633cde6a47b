using System.Globalization;
using System.Text.Json.Nodes;

namespace Holdfast.Peers.GitHub;

/// <summary>A comment that stands on an issue.</summary>
/// <param name="Repository"><c>owner/name</c>, in lower case.</param>
/// <param name="Body">Exactly as sent.</param>
/// <param name="AuthorLogin">A bot's login for the token of an installation, else a person's.</param>
public sealed record StoredComment(
    long Id, string Repository, long IssueNumber, string Body, string AuthorLogin, bool IsFromBot, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    internal JsonObject ToJson(Uri server) => new()
    {
        ["id"] = Id,
        ["node_id"] = string.Create(CultureInfo.InvariantCulture, $"IC_{Id}"),
        ["url"] = new Uri(server, $"repos/{Repository}/issues/comments/{Id}").ToString(),
        ["html_url"] = new Uri(server, $"{Repository}/issues/{IssueNumber}#issuecomment-{Id}").ToString(),
        ["body"] = Body,
        ["user"] = new JsonObject
        {
            ["login"] = AuthorLogin,
            ["id"] = IsFromBot ? 2 : 1,
            ["node_id"] = "U_1",
            ["type"] = IsFromBot ? "Bot" : "User",
            ["site_admin"] = false,
        },
        ["created_at"] = Text(CreatedAt),
        ["updated_at"] = Text(UpdatedAt),
        ["author_association"] = "COLLABORATOR",
    };

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
