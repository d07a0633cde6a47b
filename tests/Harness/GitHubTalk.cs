using Holdfast.Peers.GitHub;

namespace Holdfast.Harness;

/// <summary>
/// A recorded comment on an issue (Codertocat/Hello-World), said anew: with a number, a text and a delivery id of its own.
/// </summary>
public sealed class GitHubTalk
{
    private const string Repository = "codertocat/hello-world";
    private readonly string _body;
    private readonly string _deliveryId = Guid.NewGuid().ToString();
    private readonly long _number;

    public GitHubTalk(long number, string text)
    {
        var payload = RecordedWebhooks.First("issue_comment", "created");
        payload["issue"]!["number"] = _number = number;
        payload["comment"]!["body"] = text;
        _body = payload.ToJsonString();
        FullName = payload["repository"]!["full_name"]!.GetValue<string>();
    }

    /// <summary><c>owner/name</c> as GitHub spells it.</summary>
    public string FullName { get; }

    public string SessionKey => $"agent:main:github:{FullName}:{_number}";

    /// <summary>Signs and posts it; each time with the same delivery id, as a redelivery has.</summary>
    public Task<HttpResponseMessage> SendAsync(HoldfastApp app, string hook = "github") =>
        AppFixture.SendHookAsync(app, hook, _body, "issue_comment", _deliveryId);

    /// <summary>What the app commented on this issue.</summary>
    public IReadOnlyList<StoredComment> Replies(ScriptedGitHub github) =>
        [.. github.Comments.Where(comment => comment.Repository == Repository && comment.IssueNumber == _number)];
}
