using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Holdfast.Channels.GitHub;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Channels.Hooks;

/// <summary>
/// Signed webhooks → messages: proof first, on the raw bytes; then the event's filter; then session key and text by the hook's
/// templates. Stores nothing.
/// </summary>
public sealed class WebhookReader(IReadOnlyDictionary<string, HookConfiguration> hooks, TimeProvider clock)
{
    /// <returns>The most bytes that the hook's endpoint takes; null when there is no such endpoint.</returns>
    public int? MaxBodyBytes(string name) => hooks.TryGetValue(name, out var hook) ? hook.MaxBodyBytes : null;

    /// <param name="headers">Looks a request header up; null when it is not there.</param>
    public WebhookOutcome Read(string name, ReadOnlyMemory<byte> rawBody, Func<string, string?> headers)
    {
        if (!hooks.TryGetValue(name, out var hook))
        {
            return new WebhookOutcome.Refused(WebhookRefusal.UnknownEndpoint, "There is no hook of this name.");
        }

        if (!IsProven(hook, rawBody.Span, headers))
        {
            return new WebhookOutcome.Refused(
                WebhookRefusal.Unauthorized, "The request does not prove that it comes from this hook's sender.");
        }

        return hook switch
        {
            HookConfiguration.GitHub github => ReadGitHub(github, rawBody, headers),
            HookConfiguration.Generic generic => ReadGeneric(generic, rawBody, headers),
            _ => throw new UnreachableException(),
        };
    }

    private static bool IsProven(HookConfiguration hook, ReadOnlySpan<byte> rawBody, Func<string, string?> headers)
    {
        var signature = hook is HookConfiguration.Generic generic ? generic.Signature : HookSignature.GitHub;
        return signature.Matches(hook.Secret, headers(signature.HeaderName), rawBody);
    }

    private WebhookOutcome ReadGitHub(HookConfiguration.GitHub hook, ReadOnlyMemory<byte> rawBody, Func<string, string?> headers) =>
        GitHubEventParser.Parse(rawBody, headers("X-GitHub-Event"), headers("X-GitHub-Delivery"), (message, body) =>
            hook.Accepts(message.EventName, message.Action)
                ? Take(
                    hook,
                    $"github:{hook.Name}:{message.DeliveryId}",
                    ValuesOf(message, body),
                    new ReplyTarget.GitHub(message.Owner, message.Repository, message.Number))
                : new WebhookOutcome.Ignored("OtherEvent"));

    private static TemplateValues ValuesOf(GitHubMessage message, JsonElement body) => new(
        new Dictionary<string, string>
        {
            ["repository"] = message.FullName,
            ["number"] = message.Number.ToString(CultureInfo.InvariantCulture),
            ["sender"] = message.SenderLogin,
            ["body"] = message.Body,
            ["event"] = message.EventName,
            ["action"] = message.Action,
        },
        body);

    private WebhookOutcome ReadGeneric(HookConfiguration.Generic hook, ReadOnlyMemory<byte> rawBody, Func<string, string?> headers)
    {
        JsonElement body;
        try
        {
            using var document = JsonDocument.Parse(rawBody);
            body = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return new WebhookOutcome.Refused(WebhookRefusal.Malformed, "The body is no JSON.");
        }

        var text = Encoding.UTF8.GetString(rawBody.Span);
        var id = hook.DeliveryHeader is { } header ? headers(header) : StableHash.Of(text);
        if (string.IsNullOrWhiteSpace(id) || id.Length > 200 || id.Any(char.IsControl))
        {
            return new WebhookOutcome.Refused(
                WebhookRefusal.Malformed, $"The header {hook.DeliveryHeader} has to hold 1 to 200 printable characters.");
        }

        var values = new TemplateValues(new Dictionary<string, string> { ["body"] = text }, body);
        return Take(hook, $"hook:{hook.Name}:{id}", values, comment: null);
    }

    private WebhookOutcome Take(HookConfiguration hook, string deliveryId, TemplateValues values, ReplyTarget? comment)
    {
        if (TemplateRenderer.RenderKey(hook.SessionKey, values) is not { } rest)
        {
            return new WebhookOutcome.Refused(WebhookRefusal.Malformed, "The event lacks a value that its session is named by.");
        }

        var text = TemplateRenderer.RenderText(hook.Message, values);
        if (SessionKey.TryParse($"agent:{hook.Agent}:{rest}") is not { } key || string.IsNullOrWhiteSpace(text))
        {
            return new WebhookOutcome.Refused(WebhookRefusal.Malformed, "The event gives no session key or no text.");
        }

        if (deliveryId.Length > 256)
        {
            return new WebhookOutcome.Refused(WebhookRefusal.Malformed, "The delivery's id is too long.");
        }

        var message = new InboundMessage(
            DeliveryId.Parse(deliveryId), key, text, MessagePriority.Hook, clock.GetUtcNow(),
            hook.Reply ?? comment ?? new ReplyTarget.Stored());
        return new WebhookOutcome.Accepted(message);
    }
}
