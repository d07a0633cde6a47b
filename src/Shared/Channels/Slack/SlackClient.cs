using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Holdfast.Channels.Slack;

/// <summary>
/// Posts to Slack and finds what it posted. Never sends a call twice by itself: a lost answer is reported as such. Safe for
/// concurrent use; keeping to one post a second per channel is the caller's business.
/// </summary>
public sealed partial class SlackClient
{
    /// <summary>The metadata event type that our posts carry.</summary>
    public const string MetadataEventType = "holdfast_reply";

    private const int LookupPageSize = 200;
    private const int MaxLookupPages = 20;

    private readonly HttpClient _http;
    private readonly SlackOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SlackClient> _logger;

    public SlackClient(HttpClient http, SlackOptions options, TimeProvider time, ILogger<SlackClient> logger)
    {
        _http = http;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Posts one message (<c>chat.postMessage</c>), with the metadata that <see cref="FindPostedAsync"/> looks for.</summary>
    /// <exception cref="ArgumentException">The text is blank or too long, or an id is blank; nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">Cancelled by the caller; the message may have been posted.</exception>
    public async Task<SlackPostOutcome> PostMessageAsync(SlackPost post, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(post.Channel);
        ArgumentException.ThrowIfNullOrWhiteSpace(post.TurnId);
        ArgumentException.ThrowIfNullOrWhiteSpace(post.Markdown);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(post.Markdown.Length, SlackTextSplitter.MaxCharacters);
        var arguments = new JsonObject
        {
            ["channel"] = post.Channel,
            ["markdown_text"] = post.Markdown,
            ["metadata"] = new JsonObject
            {
                ["event_type"] = MetadataEventType,
                ["event_payload"] = new JsonObject { ["turn_id"] = post.TurnId, ["part"] = post.Part },
            },
        };
        if (post.ThreadTs is not null)
        {
            arguments["thread_ts"] = post.ThreadTs;
        }

        return await CallAsync("chat.postMessage", Json(arguments), cancellationToken) switch
        {
            SlackAnswer.Ok ok when ok.Body["ts"]?.ToString() is { Length: > 0 } ts => new SlackPostOutcome.Posted(ts),
            SlackAnswer.Ok or SlackAnswer.Unknown => new SlackPostOutcome.Ambiguous(),
            SlackAnswer.RateLimited limited => new SlackPostOutcome.RateLimited(limited.RetryAfter),
            SlackAnswer.Refused refused => new SlackPostOutcome.Rejected(refused.ErrorCode),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>
    /// Looks for a message that <see cref="PostMessageAsync"/> may have posted, by its metadata (<c>conversations.replies</c> in a
    /// thread, else <c>conversations.history</c>).
    /// </summary>
    /// <param name="notBefore">The post was not tried before; leave room for a difference of clocks. Bounds what is read.</param>
    public async Task<SlackLookupOutcome> FindPostedAsync(
        string channel, string? threadTs, string turnId, int part, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(channel);
        ArgumentException.ThrowIfNullOrWhiteSpace(turnId);
        var form = LookupForm(channel, threadTs, notBefore);
        for (var page = 0; page < MaxLookupPages; page++)
        {
            var answer = await CallAsync(threadTs is null ? "conversations.history" : "conversations.replies", new FormUrlEncodedContent(form), cancellationToken);
            if (answer is not SlackAnswer.Ok ok)
            {
                return Unfinished(answer);
            }

            if (Find(ok.Body, turnId, part) is { } ts)
            {
                return new SlackLookupOutcome.Found(ts);
            }

            if (ok.Body["response_metadata"]?["next_cursor"]?.ToString() is not { Length: > 0 } cursor)
            {
                return new SlackLookupOutcome.Absent();
            }

            form["cursor"] = cursor;
        }

        return new SlackLookupOutcome.Unknown();
    }

    private static Dictionary<string, string> LookupForm(string channel, string? threadTs, DateTimeOffset notBefore)
    {
        var form = new Dictionary<string, string>
        {
            ["channel"] = channel,
            ["include_all_metadata"] = "true",
            ["limit"] = LookupPageSize.ToString(CultureInfo.InvariantCulture),
            ["oldest"] = string.Create(CultureInfo.InvariantCulture, $"{notBefore.ToUnixTimeSeconds()}.000000"),
            ["inclusive"] = "true",
        };
        if (threadTs is not null)
        {
            form["ts"] = threadTs;
        }

        return form;
    }

    private static SlackLookupOutcome Unfinished(SlackAnswer answer) => answer switch
    {
        SlackAnswer.RateLimited limited => new SlackLookupOutcome.RateLimited(limited.RetryAfter),
        // The thread's first message is gone, and its replies with it.
        SlackAnswer.Refused { ErrorCode: "thread_not_found" } => new SlackLookupOutcome.Absent(),
        SlackAnswer.Refused refused => new SlackLookupOutcome.Rejected(refused.ErrorCode),
        SlackAnswer.Unknown => new SlackLookupOutcome.Unknown(),
        _ => throw new UnreachableException(),
    };

    private static string? Find(JsonObject body, string turnId, int part)
    {
        foreach (var message in body["messages"] as JsonArray ?? [])
        {
            var payload = message?["metadata"]?["event_payload"];
            if (message?["metadata"]?["event_type"]?.ToString() == MetadataEventType
                && payload?["turn_id"]?.ToString() == turnId
                && payload["part"]?.ToString() == part.ToString(CultureInfo.InvariantCulture))
            {
                return message["ts"]?.ToString();
            }
        }

        return null;
    }
}
