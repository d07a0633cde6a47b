using System.Text.Json;
using Holdfast.Peers.Scripting;
using Holdfast.Peers.Slack;
using Shouldly;
using Xunit;

namespace Holdfast.Peers.Tests;

/// <summary>The scripted Slack, spoken to by Slack's own client: what it understands is what the peer meant.</summary>
public sealed class VendorSlackTests
{
    private const string Markdown = "**grüße** 👋 a & b < c\n```\ncode\n```";

    [Fact]
    public async Task Peer_WhenSpokenToBySlacksClient_IsUnderstood()
    {
        await using var slack = await ScriptedSlack.StartAsync();
        slack.Script
            .Next("scripted.limit", SlackAnswers.RateLimited(7))
            .Next("scripted.refusal", SlackAnswers.Error("is_archived"))
            .Next("scripted.lost", new ScriptedAnswer.LostAnswer());

        var seen = await NodeScript.RunAsync("slack.mjs", slack.ApiUri.ToString());

        seen.GetProperty("auth").GetProperty("user_id").GetString().ShouldBe(ScriptedSlack.BotUserId);
        SawTheThread(seen);
        seen.GetProperty("status").GetBoolean().ShouldBeTrue();
        Text(seen, "reactedTwice", "error").ShouldBe("already_reacted");
        Text(seen, "conflict", "error").ShouldBe("markdown_text_conflict");
        Text(seen, "noThread", "error").ShouldBe("thread_not_found");
        Text(seen, "limited", "code").ShouldBe("slack_webapi_rate_limited_error");
        seen.GetProperty("limited").GetProperty("retryAfter").GetInt32().ShouldBe(7);
        Text(seen, "refused", "error").ShouldBe("is_archived");
        Text(seen, "lost", "code").ShouldBe("slack_webapi_request_error");
        slack.Messages[1].Text.ShouldBe(Markdown);
        slack.Calls.ShouldAllBe(call => call.HasAuthorization);
    }

    private static void SawTheThread(JsonElement seen)
    {
        var parentTs = Text(seen, "parent", "ts");
        var replies = seen.GetProperty("replies").EnumerateArray().ToList();
        replies.Count.ShouldBe(2);
        replies[1].GetProperty("ts").GetString().ShouldBe(seen.GetProperty("replyTs").GetString());
        replies[1].GetProperty("thread_ts").GetString().ShouldBe(parentTs);
        replies[1].GetProperty("text").GetString().ShouldBe(Markdown);
        var metadata = replies[1].GetProperty("metadata");
        metadata.GetProperty("event_type").GetString().ShouldBe("holdfast_reply");
        metadata.GetProperty("event_payload").GetProperty("turn_id").GetString().ShouldBe("t1");
        metadata.GetProperty("event_payload").GetProperty("part").GetInt32().ShouldBe(1);
        seen.GetProperty("metadataWithoutAsking").GetBoolean().ShouldBeFalse();
        seen.GetProperty("history").EnumerateArray().Select(m => m.GetString()).ShouldBe(["changed"]);
        seen.GetProperty("pages").EnumerateArray().Select(p => p.GetInt32()).ShouldBe([1, 1]);
    }

    private static string? Text(JsonElement seen, string name, string property) => seen.GetProperty(name).GetProperty(property).GetString();
}
