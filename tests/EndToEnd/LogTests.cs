using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>What people and models say, and what the app must keep to itself, is in none of its outputs.</summary>
public sealed class LogTests(TalkativeStage stage) : IClassFixture<TalkativeStage>
{
    [Fact]
    public async Task Output_AfterTurnsThatWorkFailAndAreRefused_HasNoContentAndNoSecret()
    {
        var thread = SlackThread.Begin("C0SECRETS");
        stage.Model.Play(
            "question-7d1f",
            BedrockScript.Asking("exec", "x1", """{"command":"printenv","args":["TOOL_SETTING"]}"""),
            BedrockScript.Asking("exec", "x2", """{"command":"echo","args":["argument-93ab"]}"""),
            new BedrockScript(
                new BedrockStep.Text("partial-55e0"), new BedrockStep.Exceptional("modelStreamErrorException", "told-by-the-model-21c4")),
            BedrockScript.Saying("answer-b8e2"));
        stage.Model.Play(
            "rejected-0f6a", new BedrockScript(new BedrockStep.HttpError(400, "ValidationException", "told-by-the-service-77d0")));

        var receipt = await stage.ReceiptAsync(await stage.MentionAsync(thread, "question-7d1f"));
        await stage.ReceiptAsync(await stage.MentionAsync(thread, "rejected-0f6a", SlackThread.NextTs()));
        await stage.ReceiptAsync(await Stage.TurnOfAsync(await new GitHubTalk(31, "comment-4c19").SendAsync(stage.App)));
        await Stage.SendSlackAsync(stage.App, thread.Mention("forged-e201"), DateTimeOffset.UtcNow, "another-secret");
        await Stage.PostAsync(stage.App, "agent:main:http:posted", "posted-aa07");

        // The turn did what it should, so its words were there to be leaked.
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var tools = await stage.Stage.TranscriptAsync(thread.SessionKey());
        tools.OfType<Transcripts.TranscriptEntry.ToolResult>().Count().ShouldBe(2);
        stage.App.Process.Lines.ShouldContain(line => line.Contains(receipt.RunId, StringComparison.Ordinal));

        string[] secrets =
        [
            "question-7d1f", "argument-93ab", "partial-55e0", "answer-b8e2", "rejected-0f6a", "comment-4c19", "forged-e201", "posted-aa07",
            "told-by-the-model-21c4", "told-by-the-service-77d0", TalkativeStage.ToolSetting, TalkativeStage.Instructions,
            Stage.SlackSecret, Stage.HookSecret, "xoxb-stage", "ghp_stage", "stage-secret-access-key", "AKIASTAGE", "Eby8vdM02x",
            "v0=", "sha256=",
        ];
        secrets = [.. secrets, .. stage.App.Keys];
        var output = string.Join('\n', stage.App.Process.Lines);
        secrets.Where(secret => output.Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
