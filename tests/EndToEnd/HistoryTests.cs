using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Tests.Support;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>
/// What the engine's own history of a session's orchestration shows of a turn, as the management API gives it (docs/decisions/0005).
/// </summary>
public sealed class HistoryTests(RunningFixture fixture)
{
    [Fact]
    public async Task History_OfAPlainTurn_ShowsOneActivity()
    {
        const string Key = "agent:main:http:history-plain";
        fixture.Model.Play("plain-history", BedrockScript.Saying("done"));

        await fixture.ReceiptAsync(await fixture.PostAsync(Key, "plain-history"));

        await ShouldShowAsync(Key, "TurnActivity");
    }

    [Fact]
    public async Task History_OfATurnWithTwoToolRounds_NamesItsSteps()
    {
        const string Key = "agent:main:http:history-tools";
        fixture.Model.Play(
            "tools-history",
            BedrockScript.Asking("exec", "h1", """{"command":"echo","args":["one"]}"""),
            BedrockScript.Asking("exec", "h2", """{"command":"echo","args":["two"]}"""),
            BedrockScript.Saying("done"));

        await fixture.ReceiptAsync(await fixture.PostAsync(Key, "tools-history"));

        await ShouldShowAsync(Key, "TurnActivity", "ToolCallActivity", "ModelStepActivity", "ToolCallActivity", "ModelStepActivity");
    }

    /// <summary>The receipt stands before the engine has heard of the activity's end.</summary>
    private Task ShouldShowAsync(string sessionKey, params string[] activities) => Eventually.BecomesTrueAsync(
        async () =>
            (await fixture.App.ActivitiesAsync(sessionKey)).SequenceEqual(activities), RunningFixture.Soon, string.Join(", ", activities));
}
