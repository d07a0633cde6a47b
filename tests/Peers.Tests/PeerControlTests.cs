using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Holdfast.Peers.GitHub;
using Holdfast.Peers.Slack;
using Shouldly;
using Xunit;

namespace Holdfast.Peers.Tests;

/// <summary>What other processes see of a peer.</summary>
public sealed class PeerControlTests
{
    [Fact]
    public async Task Slack_WhenAskedForItsCalls_TellsMethodAndArgumentsWithoutTheToken()
    {
        await using var slack = await ScriptedSlack.StartAsync();
        using var http = new HttpClient { BaseAddress = slack.BaseUri };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "xoxb-secret");
        await http.PostAsJsonAsync("api/chat.postMessage", new { channel = "C1", text = "hi" });

        var calls = await http.GetStringAsync("_calls");

        calls.ShouldNotContain("secret");
        var call = JsonNode.Parse(calls)!.AsArray().ShouldHaveSingleItem()!;
        (call["method"]!.ToString(), call["arguments"]!["text"]!.ToString()).ShouldBe(("chat.postMessage", "hi"));
        JsonNode.Parse(await http.GetStringAsync("_messages"))!.AsArray().ShouldHaveSingleItem()!["text"]!.ToString().ShouldBe("hi");
    }

    [Fact]
    public async Task Slack_WhenNoTokenComesAlong_RefusesAndRecordsIt()
    {
        await using var slack = await ScriptedSlack.StartAsync();
        using var http = new HttpClient { BaseAddress = slack.BaseUri };

        var answer = await http.PostAsJsonAsync("api/chat.postMessage", new { channel = "C1", text = "hi" });

        (await answer.Content.ReadFromJsonAsync<JsonNode>())!["error"]!.ToString().ShouldBe("not_authed");
        slack.Calls.ShouldHaveSingleItem().HasAuthorization.ShouldBeFalse();
        slack.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task GitHub_WhenAskedForItsCallsAndComments_TellsThem()
    {
        await using var github = await ScriptedGitHub.StartAsync();
        using var http = new HttpClient { BaseAddress = github.BaseUri };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "ghp_secret");
        await http.PostAsJsonAsync("repos/octo/hello/issues/7/comments", new { body = "hi" });

        var calls = await http.GetStringAsync("_calls");

        calls.ShouldNotContain("secret");
        JsonNode.Parse(calls)!.AsArray().ShouldHaveSingleItem()!["operation"]!.ToString().ShouldBe(GitHubOperations.CreateComment);
        JsonNode.Parse(await http.GetStringAsync("_comments"))!.AsArray().ShouldHaveSingleItem()!["body"]!.ToString().ShouldBe("hi");
    }
}
