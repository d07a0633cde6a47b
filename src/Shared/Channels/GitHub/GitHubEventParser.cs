using System.Text.Json;
using Holdfast.Inbox;
using Holdfast.Transcripts;

namespace Holdfast.Channels.GitHub;

/// <summary>
/// Reads webhook deliveries. Pure; call it only after the signature is found valid. What it refuses it names by its place, never by its
/// content.
/// </summary>
public static class GitHubEventParser
{
    private const int MaxDepth = 64;

    /// <param name="rawBody">The body of a webhook whose content type is application/json.</param>
    /// <param name="eventName">X-GitHub-Event.</param>
    /// <param name="deliveryId">X-GitHub-Delivery.</param>
    /// <param name="take">What a message comes to, by itself and the whole body.</param>
    public static WebhookOutcome Parse(
        ReadOnlyMemory<byte> rawBody, string? eventName, string? deliveryId, Func<GitHubMessage, JsonElement, WebhookOutcome> take)
    {
        if (string.IsNullOrWhiteSpace(eventName) || string.IsNullOrWhiteSpace(deliveryId))
        {
            return Malformed("X-GitHub-Event or X-GitHub-Delivery is missing.");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(rawBody, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            return Malformed("The body is no JSON.");
        }

        using (document)
        {
            var root = document.RootElement;
            return (root.ValueKind, eventName) switch
            {
                (not JsonValueKind.Object, _) => Malformed("The body is no JSON object."),
                (_, "ping") => new WebhookOutcome.Ignored("Ping"),
                (_, "issue_comment") => Message(root, eventName, deliveryId, ("created", "issue", "comment"), take),
                (_, "pull_request_review_comment") => Message(root, eventName, deliveryId, ("created", "pull_request", "comment"), take),
                (_, "issues") => Message(root, eventName, deliveryId, ("opened", "issue", "issue"), take),
                (_, "pull_request") => Message(root, eventName, deliveryId, ("opened", "pull_request", "pull_request"), take),
                _ => new WebhookOutcome.Ignored("OtherEvent"),
            };
        }
    }

    /// <param name="names">
    /// The one action that brings new text, and the properties with the issue or pull request and with what was written.
    /// </param>
    private static WebhookOutcome Message(
        JsonElement root,
        string eventName,
        string deliveryId,
        (string Action, string Subject, string Written) names,
        Func<GitHubMessage, JsonElement, WebhookOutcome> take)
    {
        if (root.Text("action") is not { } action)
        {
            return Malformed("action is missing.");
        }

        if (action != names.Action)
        {
            return new WebhookOutcome.Ignored("OtherAction");
        }

        if (root.Inner(names.Subject) is not { } subject || root.Inner(names.Written) is not { } written)
        {
            return Malformed($"{names.Subject} or {names.Written} is missing.");
        }

        var body = written.Text("body") ?? "";
        if (ReplyMarker.TryRead(body) is not null)
        {
            return new WebhookOutcome.Ignored("OwnReply"); // Answering would make a loop.
        }

        if (subject.Number("number") is not { } number
            || root.Inner("repository") is not { } repository || repository.Text("name") is not { Length: > 0 } name
            || repository.Inner("owner")?.Text("login") is not { Length: > 0 } owner)
        {
            return Malformed("repository or the subject's number is missing.");
        }

        if (root.Inner("sender")?.Text("login") is not { Length: > 0 } sender)
        {
            return Malformed("sender.login is missing.");
        }

        return take(
            new GitHubMessage
            {
                DeliveryId = deliveryId,
                EventName = eventName,
                Action = action,
                Owner = owner,
                Repository = name,
                Number = number,
                Body = body,
                SenderLogin = sender,
            },
            root);
    }

    private static WebhookOutcome.Refused Malformed(string detail) => new(WebhookRefusal.Malformed, detail);
}
