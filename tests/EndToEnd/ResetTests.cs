using System.Net.Http.Json;
using System.Text.Json;
using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Tests.Support;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>Who owns a session, and how an operator takes it away: by name, or for good.</summary>
public sealed class ResetTests(TalkativeFixture fixture) : IClassFixture<TalkativeFixture>
{
    private static readonly BedrockStep.Text Endless = BedrockStep.Text.Repeat("more ", 4_000, TimeSpan.FromMilliseconds(50));

    [Fact]
    public async Task Reset_WhenForcedIntoAStream_TheTurnIsAnsweredInTheNewSession()
    {
        const string Key = "agent:main:http:reset";
        fixture.Model.Play("begin", new BedrockScript(Endless, new BedrockStep.MessageStop()), BedrockScript.Saying("in the new session"));
        var turn = await fixture.PostAsync(Key, "begin");
        await fixture.AppFixture.TranscriptOnceAsync(
            Key, entries => entries.OfType<TranscriptEntry.StreamedText>().Any(), RunningFixture.Soon, "streamed text");
        var before = await SessionAsync(Key);

        var refused = await ResetAsync(Key, "");
        var done = await ResetAsync(Key, "?force=true");

        ((int)refused.StatusCode, (int)done.StatusCode).ShouldBe((409, 200));
        (await refused.JsonAsync())
            .GetProperty("detail")
            .GetString()
            .ShouldNotBeNull()
            .ShouldContain(before.GetProperty("owner").GetProperty("runId").GetString()!);
        var answer = await done.JsonAsync();
        answer.GetProperty("endedSessionId").GetString().ShouldBe(before.GetProperty("sessionId").GetString());
        answer.GetProperty("lifecycleRevision").GetInt32().ShouldBe(2);
        var receipt = await fixture.ReceiptAsync(turn);
        (receipt.Ending, receipt.SessionId.Value).ShouldBe((TurnEnding.Replied, answer.GetProperty("sessionId").GetString()));
        var entries = await fixture.AppFixture.TranscriptAsync(Key);
        entries.Said().ShouldBe(["begin"]);
        entries.Answers().ShouldHaveSingleItem().Content.PlainText().ShouldBe("in the new session");
        ((int)(await ResetAsync("agent:main:http:never", "")).StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task Status_WhileATurnStreams_ShowsOwnerAndLeaseToProgramsAndPeople()
    {
        const string Key = "agent:main:http:owned";
        fixture.Model.Play(
            "hold",
            new BedrockScript(
                BedrockStep.Text.Repeat("more ", 4, TimeSpan.FromMilliseconds(50)), new BedrockStep.Gate("hold-ends"),
                new BedrockStep.MessageStop()));
        var turn = await fixture.PostAsync(Key, "hold");
        await fixture.AppFixture.TranscriptOnceAsync(
            Key, entries => entries.OfType<TranscriptEntry.StreamedText>().Any(), RunningFixture.Soon, "streamed text");

        var status = await SessionAsync(Key);
        var (exitCode, lines) = await StatusLinesAsync(fixture, Key);
        fixture.AppFixture.Bedrock.Open("hold-ends");
        var receipt = await fixture.ReceiptAsync(turn);

        var owner = status.GetProperty("owner");
        (owner.GetProperty("runId").GetString(), owner.GetProperty("attempt").GetInt32(), owner.GetProperty("epoch").GetInt64())
            .ShouldBe((receipt.RunId.Value, 1, 1L));
        owner.GetProperty("until").GetDateTimeOffset().ShouldBeGreaterThan(owner.GetProperty("since").GetDateTimeOffset());
        status.GetProperty("lease").GetString().ShouldBe("held");
        exitCode.ShouldBe(0, string.Join("\n", lines));
        lines.ShouldContain(
            line => line.StartsWith($"owner          run {receipt.RunId}, attempt 1, epoch 1, since ", StringComparison.Ordinal));
        lines.ShouldContain("lease          held");
        (await SessionOnceAsync(Key, session => session.GetProperty("lease").GetString() == "free"))
            .GetProperty("owner").ValueKind.ShouldBe(JsonValueKind.Object);
    }

    [Fact]
    public async Task LeaseBreak_WhenAnOperatorSaysSo_IsNamedInTheTranscriptAndTheLivingTurnGoesOn()
    {
        const string Key = "agent:main:http:broken";
        fixture.Model.Play("long", new BedrockScript(
            BedrockStep.Text.Repeat(
                "more ", 4, TimeSpan.FromMilliseconds(50)), new BedrockStep.Gate("long-ends"), new BedrockStep.MessageStop()));
        fixture.Model.Play("next", BedrockScript.Saying("and on"));
        var turn = await fixture.PostAsync(Key, "long");
        await fixture.AppFixture.TranscriptOnceAsync(
            Key, entries => entries.OfType<TranscriptEntry.StreamedText>().Any(), RunningFixture.Soon, "streamed text");

        var nameless = await BreakAsync(Key, new { by = " " });
        var broken = await BreakAsync(Key, new { by = "anna" });
        fixture.AppFixture.Bedrock.Open("long-ends");
        var receipt = await fixture.ReceiptAsync(turn);
        await fixture.ReceiptAsync(await fixture.PostAsync(Key, "next"));

        nameless.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        var answer = await broken.JsonAsync();
        (answer.GetProperty("broken").GetBoolean(), answer.GetProperty("owner").GetProperty("runId").GetString())
            .ShouldBe((true, receipt.RunId.Value));
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.Tally.Verdicts.Keys.ShouldBe(["clean"]);
        (await fixture.AppFixture.TranscriptAsync(Key))
            .OfType<TranscriptEntry.Custom>()
            .Single(entry => entry.CustomType == "holdfast/lease-break")
            .DataJson.ShouldContain("anna");
    }

    private Task<HttpResponseMessage> ResetAsync(string key, string query) =>
        fixture.App.Http.PostAsync($"api/sessions/{Uri.EscapeDataString(key)}/reset{query}", null);

    private Task<HttpResponseMessage> BreakAsync(string key, object body) =>
        fixture.App.Http.PostAsJsonAsync($"api/sessions/{Uri.EscapeDataString(key)}/lease/break", body);

    private async Task<JsonElement> SessionAsync(string key) => await (await fixture.App.SessionAsync(key)).JsonAsync();

    private async Task<JsonElement> SessionOnceAsync(string key, Func<JsonElement, bool> condition)
    {
        JsonElement? session = null;
        await Eventually.BecomesTrueAsync(
            async () => condition((session = await SessionAsync(key)).Value), RunningFixture.Soon, "the session as it should be shown");
        return session!.Value;
    }

    private static Task<HoldfastCommand> StatusLinesAsync(TalkativeFixture fixture, string key) =>
        HoldfastCommand.RunAsync("status", key, "--url", fixture.App.Http.BaseAddress!.ToString(), "--function-key", fixture.App.Key);
}
