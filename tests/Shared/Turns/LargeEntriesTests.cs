using Holdfast.Inference;
using Holdfast.Outbox;
using Holdfast.Storage;
using Holdfast.Tests.Inference;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>What is longer than storage takes at once, or than a prompt: the turn goes on, and who reads it is told (I3, I4, I9).</summary>
public sealed class LargeEntriesTests
{
    private const int Huge = 5 * 1024 * 1024;
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(200_000, 1, Huge)]
    [InlineData(200_000, 8, 1024 * 1024)]
    [InlineData(40_000_000, 8, 1024 * 1024)]
    [InlineData(40_000_000, 2, Huge)]
    public void RunAsync_WhenToolsReturnMoreThanABlock_TheTurnGoesOnAndTheModelIsToldWhatWasCut(int contextTokens, int calls, int characters) => TurnRig.Run(async rig =>
    {
        WithContext(rig, contextTokens);
        rig.Agent = rig.Agent with { Tools = [PlayedTool.Saying("dump", new string('x', characters)), PlayedTool.Saying("ask", "short")] };
        rig.Model.Then(PlayedModel.Tools([.. Enumerable.Range(0, calls).Select(number => ($"c{number}", "dump", (object)new { })), ("last", "ask", new { })]));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        var shown = ResultsOf(rig.Model.Requests[^1]);
        shown.Count.ShouldBe(calls + 1);
        shown[^1].ShouldBe("short", "what is short is whole");
        if (contextTokens < calls * characters)
        {
            shown.Take(calls).ShouldAllBe(text => text.EndsWith("characters are shown]", StringComparison.Ordinal));
            shown.Sum(text => (long)text.Length).ShouldBeLessThan(contextTokens);
        }

        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenEveryRoundReturnsMoreThanAPrompt_EachFindsRoom() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { Tools = [PlayedTool.Saying("dump", new string('x', Huge))] };
        for (var round = 0; round < 8; round++)
        {
            rig.Model.Then(PlayedModel.Tools(($"c{round}", "dump", new { })));
        }

        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        ResultsOf(rig.Model.Requests[^1]).Sum(text => (long)text.Length).ShouldBeLessThan(200_000 * 4, "by the usual four characters a token");
    });

    [Theory]
    [InlineData((int)TapAction.CrashBefore)]
    [InlineData((int)TapAction.CrashAfter)]
    [InlineData((int)TapAction.FaultBefore)]
    [InlineData((int)TapAction.FaultAfter)]
    public void RunAsync_WhenOneOfSeveralBlocksGoesWrong_EachResultStandsOnce(int action)
    {
        for (var broken = 3; broken <= 5; broken++)
        {
            var number = broken;
            TurnRig.Run(async rig =>
            {
                WithContext(rig, 40_000_000);
                rig.Agent = rig.Agent with { Tools = [PlayedTool.Saying("dump", new string('x', 3_000_000))] };
                rig.Model.Then(PlayedModel.Tools(("c1", "dump", new { }), ("c2", "dump", new { }), ("c3", "dump", new { })));
                var (appends, isBroken) = (0, false);
                TapAction Plan(Support.Blobs.BlobCall call, int _)
                {
                    if (call.Verb != BlobVerb.Append || ++appends != number || isBroken)
                    {
                        return TapAction.Pass;
                    }

                    isBroken = true;
                    return (TapAction)action;
                }

                await rig.AcceptAsync("m1");

                (await new PlayedOrchestration(rig, new BlobTap { Plan = Plan }).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

                rig.Entries().OfType<TranscriptEntry.ToolResult>().Select(result => result.CallId).ShouldBe(["c1", "c2", "c3"]);
                await TurnInvariants.CheckAsync(rig, "m1");
            });
        }
    }

    [Fact]
    public void RunAsync_WhenTheArgumentsOfACallAreLongerThanABlock_TheToolIsNotRunAndTheModelIsTold() => TurnRig.Run(async rig =>
    {
        var tool = PlayedTool.Saying("write", "written");
        rig.Agent = rig.Agent with { Tools = [tool] };
        rig.Model.Then(PlayedModel.Tools(("c1", "write", new { text = new string('x', Huge) }), ("c2", "write", new { text = "short" })));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        tool.Runs.ShouldBe(1);
        ResultsOf(rig.Model.Requests[^1]).Select(text => text.Contains("longer than a transcript takes", StringComparison.Ordinal)).ShouldBe([true, false]);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheAnswerIsLongerThanABlock_ItIsDeliveredAndSaysThatItWasCut() => TurnRig.Run(async rig =>
    {
        rig.Model.Then(PlayedModel.Delta(new string('x', Huge)), new Act.Wait(TimeSpan.FromSeconds(3)), PlayedModel.Delta("and on"), PlayedModel.Stop());
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldEndWith("characters are shown]");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenAnAnswerLongerThanABlockIsTakenOver_ItIsParkedAndDeliveredWhole() => TurnRig.Run(async rig =>
    {
        var answer = new string('x', Huge);
        rig.Model.Then(PlayedModel.Delta(answer), new Act.Wait(TimeSpan.FromSeconds(3)), new Act.Call(() => rig.ForeignTurnAsync()), PlayedModel.Stop());
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Superseded);

        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldEndWith(answer);
        await rig.Start().OpenNothingAsync();
        rig.Entries().OfType<TranscriptEntry.Custom>().ShouldContain(entry => entry.CustomType == "holdfast/parked" && entry.DataJson.Contains("characters are shown]", StringComparison.Ordinal));
    });

    [Fact]
    public void RunAsync_WhenTheMessageIsLongerThanABlockOnceEscaped_IsAnswered() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1", new string('\u0001', 1024 * 1024));

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void FlushAsync_WhenSideEntriesAreLargerThanABlock_WritesAllOfThem() => TurnRig.Run(async rig =>
    {
        for (var number = 0; number < 3; number++)
        {
            await SideAsync(rig, $"side-{number}", number == 1 ? Huge : 1_000_000);
        }

        for (var look = 0; look < 3; look++)
        {
            await rig.Start().OpenNothingAsync();
        }

        rig.Entries().OfType<TranscriptEntry.CustomMessage>().Count().ShouldBe(3);
        (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
    });

    [Fact]
    public void RunAsync_WhenASideEntryIsLargerThanABlock_TheTurnAppendsItAndGoesOn() => TurnRig.Run(async rig =>
    {
        await SideAsync(rig, "side", Huge);
        await SideAsync(rig, "another", 900_000);
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        rig.Entries().OfType<TranscriptEntry.CustomMessage>().Count().ShouldBe(2);
        (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
    });

    private static Task<bool> SideAsync(TurnRig rig, string name, int characters)
    {
        var entry = Lines.CustomMessage(Lines.By("side", EntrySource.Inject)) with { Content = [new ContentBlock.Text(new string('x', characters))] };
        return rig.Start().Inbox.AddSideEntryAsync(TurnRig.Key, TurnRig.Delivery(name), rig.Clock.GetUtcNow(), TurnRig.Lines(entry), None);
    }

    private static void WithContext(TurnRig rig, int tokens) =>
        rig.Agent = rig.Agent with { Models = [ScriptedModel.Profile("first") with { ContextTokens = tokens }] };

    private static List<string> ResultsOf(ModelCall request) =>
        [.. request.Prompt.Messages.SelectMany(message => message.Blocks).OfType<PromptBlock.ToolResult>().Select(result => result.Value)];
}
