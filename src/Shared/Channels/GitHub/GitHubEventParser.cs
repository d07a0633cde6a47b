using System.Text.Json;

namespace Holdfast.Channels.GitHub;

/// <summary>Reads webhook deliveries. Pure; call it only after the signature is found valid.</summary>
public static class GitHubEventParser
{
    private const int MaxDepth = 64;

    /// <param name="rawBody">The body of a webhook whose content type is application/json.</param>
    /// <param name="eventName">X-GitHub-Event.</param>
    /// <param name="deliveryId">X-GitHub-Delivery.</param>
    public static GitHubInbound Parse(ReadOnlyMemory<byte> rawBody, string? eventName, string? deliveryId)
    {
        if (string.IsNullOrWhiteSpace(eventName) || string.IsNullOrWhiteSpace(deliveryId))
        {
            return new GitHubInbound.Malformed("X-GitHub-Event or X-GitHub-Delivery is missing.");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(rawBody, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            return new GitHubInbound.Malformed("The body is no JSON.");
        }

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Event(document.RootElement, eventName, deliveryId)
                : new GitHubInbound.Malformed("The body is no JSON object.");
        }
    }

    private static GitHubInbound Event(JsonElement root, string eventName, string deliveryId) => eventName switch
    {
        "ping" => new GitHubInbound.Ping(deliveryId),
        "issue_comment" => Message(root, eventName, deliveryId, "created", "issue", "comment"),
        "pull_request_review_comment" => Message(root, eventName, deliveryId, "created", "pull_request", "comment"),
        "issues" => Message(root, eventName, deliveryId, "opened", "issue", "issue"),
        "pull_request" => Message(root, eventName, deliveryId, "opened", "pull_request", "pull_request"),
        _ => new GitHubInbound.Ignored(GitHubIgnoreReason.OtherEvent),
    };

    /// <param name="handled">The one action that brings new text.</param>
    /// <param name="subjectName">The property with the issue or pull request.</param>
    /// <param name="writtenName">The property with what was written.</param>
    private static GitHubInbound Message(
        JsonElement root, string eventName, string deliveryId, string handled, string subjectName, string writtenName)
    {
        if (Text(root, "action") is not { } action)
        {
            return new GitHubInbound.Malformed("action is missing.");
        }

        if (action != handled)
        {
            return new GitHubInbound.Ignored(GitHubIgnoreReason.OtherAction);
        }

        if (Object(root, subjectName) is not { } subject || Object(root, writtenName) is not { } written)
        {
            return new GitHubInbound.Malformed($"{subjectName} or {writtenName} is missing.");
        }

        var body = Text(written, "body") ?? "";
        if (ReplyMarker.TryRead(body) is not null)
        {
            return new GitHubInbound.Ignored(GitHubIgnoreReason.OwnReply);
        }

        if (Thread(root, subject, isPullRequest: subjectName == "pull_request" || Object(subject, "pull_request") is not null) is not { } thread)
        {
            return new GitHubInbound.Malformed("repository or the subject's number is missing.");
        }

        if (Object(root, "sender") is not { } sender || Text(sender, "login") is not { Length: > 0 } login)
        {
            return new GitHubInbound.Malformed("sender.login is missing.");
        }

        if (Time(written, "created_at") is not { } writtenAt)
        {
            return new GitHubInbound.Malformed($"{writtenName}.created_at is missing.");
        }

        return new GitHubInbound.Message
        {
            DeliveryId = deliveryId,
            EventName = eventName,
            Action = action,
            Thread = thread,
            Title = Text(subject, "title") ?? "",
            Body = body,
            SenderLogin = login,
            SenderType = Text(sender, "type") ?? "",
            HtmlUrl = Text(written, "html_url") ?? "",
            CommentId = writtenName == "comment" ? Number(written, "id") : null,
            InstallationId = Object(root, "installation") is { } installation ? Number(installation, "id") : null,
            WrittenAt = writtenAt,
        };
    }

    private static GitHubThread? Thread(JsonElement root, JsonElement subject, bool isPullRequest) =>
        Object(root, "repository") is { } repository
        && Object(repository, "owner") is { } owner
        && Text(owner, "login") is { Length: > 0 } ownerLogin
        && Text(repository, "name") is { Length: > 0 } name
        && Number(subject, "number") is { } number
            ? new GitHubThread(ownerLogin, name, number, isPullRequest)
            : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var at) ? at : null;

    private static JsonElement? Object(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
