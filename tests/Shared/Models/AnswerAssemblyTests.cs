using Holdfast.Models;
using Holdfast.Tests.Support;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Models;

public sealed class AnswerAssemblyTests
{
    [Fact]
    public async Task ReadAsync_WhenThinkingTextAndCallsCome_KeepsTheirOrderAndAssemblesThem()
    {
        var completed = (await ReadAsync(
            "tool_use",
            new ModelEvent.ReasoningDelta("let me ", null),
            new ModelEvent.ReasoningDelta("see", null),
            new ModelEvent.ReasoningDelta(null, "sig"),
            new ModelEvent.BlockStopped(0),
            new ModelEvent.TextDelta("I "),
            new ModelEvent.TextDelta("look."),
            new ModelEvent.BlockStopped(1),
            new ModelEvent.ToolUseStarted(2, "c1", "exec"),
            new ModelEvent.ToolUseDelta(2, "{\"cmd\":[\"l"),
            new ModelEvent.ToolUseDelta(2, "s\"]}"),
            new ModelEvent.BlockStopped(2),
            new ModelEvent.ToolUseStarted(3, "c2", "now"),
            new ModelEvent.BlockStopped(3))).ShouldBeOfType<ModelOutcome.Completed>();

        completed.StopReason.ShouldBe("toolUse");
        completed.Content.Length.ShouldBe(4);
        completed.Content[0].ShouldBe(new ContentBlock.Thinking("let me see", "sig"));
        completed.Content[1].ShouldBe(new ContentBlock.Text("I look."));
        var first = completed.Content[2].ShouldBeOfType<ContentBlock.ToolCall>();
        first.Id.ShouldBe("c1");
        first.Arguments.GetRawText().ShouldBe("{\"cmd\":[\"ls\"]}");
        completed.Content[3].ShouldBeOfType<ContentBlock.ToolCall>().Arguments.GetRawText().ShouldBe("{}");
    }

    [Theory]
    [InlineData("tool_use", "{\"cmd\":[\"l")]
    [InlineData("max_tokens", "{\"cmd\":")]
    [InlineData("tool_use", "[1]")]
    [InlineData("max_tokens", "")]
    public async Task S40_HalfArguments_AreIncompleteAndNeverACall(string stop, string json)
    {
        var failed = (await ReadAsync(
            stop, new ModelEvent.TextDelta("I look."), new ModelEvent.BlockStopped(0), new ModelEvent.ToolUseStarted(1, "c1", "exec"),
            new ModelEvent.ToolUseDelta(1, json), new ModelEvent.BlockStopped(1))).ShouldBeOfType<ModelOutcome.Failed>();

        failed.Failure.Kind.ShouldBe(ModelFailureKind.Incomplete);
        failed.Failure.Remedy.ShouldBe(ModelRemedy.RetrySameModel);
    }

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("tool_use", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    [InlineData("a_reason_from_the_future", "stop")]
    public async Task ReadAsync_WhenOnlyTextCame_MapsTheStopReason(string reason, string expected) =>
        (await ReadAsync(reason, new ModelEvent.TextDelta("x"))).ShouldBeOfType<ModelOutcome.Completed>().StopReason.ShouldBe(expected);

    [Theory]
    [InlineData("guardrail_intervened", ModelFailureKind.ContentBlocked, ModelRemedy.Fail)]
    [InlineData("content_filtered", ModelFailureKind.ContentBlocked, ModelRemedy.Fail)]
    [InlineData("malformed_tool_use", ModelFailureKind.Incomplete, ModelRemedy.RetrySameModel)]
    public async Task ReadAsync_WhenTheStopMakesItNoAnswer_Fails(string reason, ModelFailureKind kind, ModelRemedy remedy)
    {
        var failed = (await ReadAsync(reason, new ModelEvent.TextDelta("blocked"))).ShouldBeOfType<ModelOutcome.Failed>();

        failed.Failure.Kind.ShouldBe(kind);
        failed.Failure.Remedy.ShouldBe(remedy);
    }

    [Fact]
    public async Task ReadAsync_WhenABlankBlockStandsBesideACall_DropsTheBlank() =>
        (await ReadAsync(
            "tool_use", new ModelEvent.TextDelta("\n\n"), new ModelEvent.BlockStopped(0), new ModelEvent.ToolUseStarted(1, "c", "t")))
        .ShouldBeOfType<ModelOutcome.Completed>().Content.ShouldHaveSingleItem().ShouldBeOfType<ContentBlock.ToolCall>();

    [Fact]
    public async Task ReadAsync_WhenACallIsWholeButTheAnswerWasCut_IsToolUse() =>
        (await ReadAsync(
            "max_tokens", new ModelEvent.ToolUseStarted(0, "c", "t"), new ModelEvent.ToolUseDelta(0, "{\"a\":1}")))
        .ShouldBeOfType<ModelOutcome.Completed>().StopReason.ShouldBe("toolUse");

    private static Task<ModelOutcome> ReadAsync(string stop, params ModelEvent[] events) =>
        new ModelStreamReader(new ScriptedModel().Say(events).Stop(stop).End(), new ManualClock())
            .ReadAsync(ScriptedModel.Call(), _ => { }, CancellationToken.None);
}
