using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>What people and models say, and what the app must keep to itself, is in none of its outputs.</summary>
public sealed class LogTests(TalkativeFixture fixture) : IClassFixture<TalkativeFixture>
{
    [Fact]
    public async Task Output_AfterTurnsThatWorkFailAndAreRefused_HasNoContentAndNoSecret()
    {
        var thread = SlackThread.Begin("C0SECRETS");
        fixture.Model.Play(
            "question-7d1f",
            BedrockScript.Asking("exec", "x1", """{"command":"printenv","args":["TOOL_SETTING"]}"""),
            BedrockScript.Asking("exec", "x2", """{"command":"echo","args":["argument-93ab"]}"""),
            new BedrockScript(
                new BedrockStep.Text("partial-55e0"), new BedrockStep.Exceptional("modelStreamErrorException", "told-by-the-model-21c4")),
            BedrockScript.Saying("answer-b8e2"));
        fixture.Model.Play(
            "rejected-0f6a", new BedrockScript(new BedrockStep.HttpError(400, "ValidationException", "told-by-the-service-77d0")));

        var receipt = await fixture.ReceiptAsync(await fixture.MentionAsync(thread, "question-7d1f"));
        await fixture.ReceiptAsync(await fixture.MentionAsync(thread, "rejected-0f6a", SlackThread.NextTs()));
        await fixture.ReceiptAsync(await AppFixture.TurnOfAsync(await new GitHubTalk(31, "comment-4c19").SendAsync(fixture.App)));
        await AppFixture.SendSlackAsync(fixture.App, thread.Mention("forged-e201"), DateTimeOffset.UtcNow, "another-secret");
        await AppFixture.PostAsync(fixture.App, "agent:main:http:posted", "posted-aa07");

        // The turn did what it should, so its words were there to be leaked.
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var tools = await fixture.AppFixture.TranscriptAsync(thread.SessionKey());
        tools.OfType<Transcripts.TranscriptEntry.ToolResult>().Count().ShouldBe(2);
        fixture.App.Process.Lines.ShouldContain(line => line.Contains(receipt.RunId.Value, StringComparison.Ordinal));

        string[] secrets =
        [
            "question-7d1f", "argument-93ab", "partial-55e0", "answer-b8e2", "rejected-0f6a", "comment-4c19", "forged-e201", "posted-aa07",
            "told-by-the-model-21c4", "told-by-the-service-77d0", TalkativeFixture.ToolSetting, TalkativeFixture.Instructions,
            AppFixture.SlackSecret, AppFixture.HookSecret, "xoxb-fixture", "ghp_stage", "fixture-secret-access-key", "AKIASTAGE",
            "Eby8vdM02x", "v0=", "sha256=",
        ];
        secrets = [.. secrets, .. fixture.App.Keys];
        var output = string.Join('\n', fixture.App.Process.Lines);
        secrets.Where(secret => output.Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Output_AfterTheStart_SaysWhatWasReadAndNotWhatItIsTold()
    {
        Line("Agent main (no name) from main.agent.md, 1 lines, ")
            .ShouldContain("models thinker (Bedrock test.thinker-v1:0); tools exec (echo, printenv)");
        Line("Agent main ends a turn after 00:30:00").ShouldContain("fence mode Strict; queue mode FollowUp; trigger none");
        Line("Channel Slack: agent main");
        Line("Channel GitHub: writes with a token");
        Line("Hook github: issue_comment.created, issues.opened to agent main").ShouldContain("answers go to a comment");
    }

    private string Line(string part) =>
        fixture.App.Process.Lines.First(line => line.Contains(part, StringComparison.Ordinal));
}
