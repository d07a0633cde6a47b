using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Channels.Markdown;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Microsoft.Extensions.Logging;

namespace Holdfast.Channels.Slack;

/// <summary>
/// Replies as Slack messages, in the thread they answer, and finds what it posted by the message's metadata. A lost answer is reported as
/// such. Safe for concurrent use; keeping to one post a second per channel is the caller's business.
/// </summary>
public sealed class SlackReplyChannel(HttpClient http, SlackOptions options, TimeProvider clock, ILogger<SlackReplyChannel> log)
    : IReplyChannel
{
    /// <summary>Slack's limit for <c>markdown_text</c>, in characters.</summary>
    public const int MaxCharacters = 12_000;

    /// <summary>The metadata event type that our posts carry.</summary>
    public const string MetadataEventType = "holdfast_reply";

    private const int LookupPageSize = 200;
    private const int MaxLookupPages = 20;

    /// <summary>How long to wait before looking again when Slack gave no answer.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SlackApi _api = new(http, options, clock, log);

    public string Name => "slack";

    public TimeSpan AnswersWithin => options.RequestTimeout;

    public IReadOnlyList<string> Split(string text) => MarkdownSplitter.Split(text, MaxCharacters);

    /// <summary>One <c>chat.postMessage</c>.</summary>
    /// <exception cref="ArgumentException">The text is too long; nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">Cancelled by the caller; the message may have been posted.</exception>
    public async Task<PostOutcome> PostAsync(ReplyTarget target, ReplyPart part, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part.Text.Length, MaxCharacters);
        var slack = (ReplyTarget.Slack)target;
        var arguments = new JsonObject
        {
            ["channel"] = slack.ChannelId,
            ["markdown_text"] = part.Text,
            ["metadata"] = new JsonObject
            {
                ["event_type"] = MetadataEventType,
                ["event_payload"] = new JsonObject { ["turn_id"] = part.TurnId.Value, ["part"] = part.Number },
            },
        };
        if (slack.ThreadTs is not null)
        {
            arguments["thread_ts"] = slack.ThreadTs;
        }

        var content = new StringContent(arguments.ToJsonString(Plain), Encoding.UTF8, "application/json");
        return (await _api.CallAsync("chat.postMessage", content, cancellationToken)).AsPost(body => body["ts"]?.ToString());
    }

    /// <summary><c>conversations.replies</c> in a thread, else <c>conversations.history</c>, page by page.</summary>
    public async Task<LookupOutcome> FindAsync(
        ReplyTarget target, ReplyPart part, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        var slack = (ReplyTarget.Slack)target;
        var method = slack.ThreadTs is null ? "conversations.history" : "conversations.replies";
        var form = LookupForm(slack, notBefore);
        for (var page = 0; page < MaxLookupPages; page++)
        {
            var answer = await _api.CallAsync(method, new FormUrlEncodedContent(form), cancellationToken);
            if (answer is PlatformAnswer<JsonObject>.Refused { Reason: "thread_not_found" })
            {
                return new LookupOutcome.Absent(); // The thread's first message is gone, and its replies with it.
            }

            var found = answer.AsLookup(body => Find(body, part), LookAgainAfter);
            if (found is not LookupOutcome.Absent || NextPage(answer) is not { Length: > 0 } cursor)
            {
                return found;
            }

            form["cursor"] = cursor;
        }

        return new LookupOutcome.Later(LookAgainAfter);
    }

    private static Dictionary<string, string> LookupForm(ReplyTarget.Slack target, DateTimeOffset notBefore)
    {
        var form = new Dictionary<string, string>
        {
            ["channel"] = target.ChannelId,
            ["include_all_metadata"] = "true",
            ["limit"] = LookupPageSize.ToString(CultureInfo.InvariantCulture),
            ["oldest"] = string.Create(CultureInfo.InvariantCulture, $"{notBefore.ToUnixTimeSeconds()}.000000"),
            ["inclusive"] = "true",
        };
        if (target.ThreadTs is not null)
        {
            form["ts"] = target.ThreadTs;
        }

        return form;
    }

    private static string? NextPage(PlatformAnswer<JsonObject> answer) =>
        (answer as PlatformAnswer<JsonObject>.Done)?.Value["response_metadata"]?["next_cursor"]?.ToString();

    private static string? Find(JsonObject body, ReplyPart part) =>
        (body["messages"] as JsonArray ?? []).FirstOrDefault(message => IsPostOf(message?["metadata"], part))?["ts"]?.ToString();

    private static bool IsPostOf(JsonNode? metadata, ReplyPart part) =>
        metadata?["event_type"]?.ToString() == MetadataEventType
        && metadata["event_payload"]?["turn_id"]?.ToString() == part.TurnId.Value
        && metadata["event_payload"]?["part"]?.ToString() == part.Number.ToString(CultureInfo.InvariantCulture);
}
