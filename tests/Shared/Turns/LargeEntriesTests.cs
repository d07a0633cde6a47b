using Holdfast.Delivery;
using Holdfast.Models;
using Holdfast.Storage;
using Holdfast.Tests.Models;
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
    public void RunAsync_WhenToolsReturnMoreThanABlock_TheTurnGoesOnAndTheModelIsToldWhatWasCut(
        int contextTokens, int calls, int characters) =>
        TurnFixture.Run(async fixture =>
    {
        WithContext(fixture, contextTokens);
        fixture.Agent = fixture.Agent with
        {
            Tools = [SimulatedTool.Saying("dump", new string('x', characters)), SimulatedTool.Saying("ask", "short")],
        };
        fixture.Model.Then(
            SimulatedModel.Tools(
                [.. Enumerable.Range(0, calls).Select(number => ($"c{number}", "dump", (object)new { })), ("last", "ask", new { })]));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        var shown = ResultsOf(fixture.Model.Requests[^1]);
        shown.Count.ShouldBe(calls + 1);
        shown[^1].ShouldBe("short", "what is short is whole");
        if (contextTokens < calls * characters)
        {
            shown.Take(calls).ShouldAllBe(text => text.EndsWith("characters are shown]", StringComparison.Ordinal));
            shown.Sum(text => (long)text.Length).ShouldBeLessThan(contextTokens);
        }

        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenEveryRoundReturnsMoreThanAPrompt_EachFindsRoom() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { Tools = [SimulatedTool.Saying("dump", new string('x', Huge))] };
        for (var round = 0; round < 8; round++)
        {
            fixture.Model.Then(SimulatedModel.Tools(($"c{round}", "dump", new { })));
        }

        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        ResultsOf(fixture.Model.Requests[^1])
            .Sum(text => (long)text.Length)
            .ShouldBeLessThan(200_000 * 4, "by the usual four characters a token");
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
            TurnFixture.Run(async fixture =>
            {
                WithContext(fixture, 40_000_000);
                fixture.Agent = fixture.Agent with { Tools = [SimulatedTool.Saying("dump", new string('x', 3_000_000))] };
                fixture.Model.Then(SimulatedModel.Tools(("c1", "dump", new { }), ("c2", "dump", new { }), ("c3", "dump", new { })));
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

                await fixture.AcceptAsync("m1");

                (await new SimulatedOrchestration(fixture, new BlobTap { Plan = Plan }).RunAsync())
                    .ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

                fixture.Entries().OfType<TranscriptEntry.ToolResult>().Select(result => result.CallId).ShouldBe(["c1", "c2", "c3"]);
                await TurnInvariants.CheckAsync(fixture, "m1");
            });
        }
    }

    [Fact]
    public void RunAsync_WhenTheArgumentsOfACallAreLongerThanABlock_TheToolIsNotRunAndTheModelIsTold() => TurnFixture.Run(async fixture =>
    {
        var tool = SimulatedTool.Saying("write", "written");
        fixture.Agent = fixture.Agent with { Tools = [tool] };
        fixture.Model.Then(
            SimulatedModel.Tools(("c1", "write", new { text = new string('x', Huge) }), ("c2", "write", new { text = "short" })));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        tool.Runs.ShouldBe(1);
        ResultsOf(fixture.Model.Requests[^1])
            .Select(text => text.Contains("longer than a transcript takes", StringComparison.Ordinal))
            .ShouldBe([true, false]);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheAnswerIsLongerThanABlock_ItIsDeliveredAndSaysThatItWasCut() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Then(
            SimulatedModel.Delta(new string('x', Huge)), new Act.Wait(TimeSpan.FromSeconds(3)), SimulatedModel.Delta("and on"),
            SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldEndWith("characters are shown]");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenAnAnswerLongerThanABlockIsTakenOver_ItIsDetachedAndDeliveredWhole() => TurnFixture.Run(async fixture =>
    {
        var answer = new string('x', Huge);
        fixture.Model.Then(
            SimulatedModel.Delta(answer), new Act.Wait(TimeSpan.FromSeconds(3)), new Act.Call(() => fixture.ForeignTurnAsync()),
            SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Superseded);

        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldEndWith(answer);
        await fixture.Start().OpenNothingAsync();
        fixture.Entries()
            .OfType<TranscriptEntry.Custom>()
            .ShouldContain(
                entry =>
                    entry.CustomType == "holdfast/parked" && entry.DataJson.Contains("characters are shown]", StringComparison.Ordinal));
    });

    [Fact]
    public void RunAsync_WhenTheMessageIsLongerThanABlockOnceEscaped_IsAnswered() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1", new string('\u0001', 1024 * 1024));

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void FlushAsync_WhenSideEntriesAreLargerThanABlock_WritesAllOfThem() => TurnFixture.Run(async fixture =>
    {
        for (var number = 0; number < 3; number++)
        {
            await SideAsync(fixture, $"side-{number}", number == 1 ? Huge : 1_000_000);
        }

        for (var look = 0; look < 3; look++)
        {
            await fixture.Start().OpenNothingAsync();
        }

        fixture.Entries().OfType<TranscriptEntry.CustomMessage>().Count().ShouldBe(3);
        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
    });

    [Fact]
    public void RunAsync_WhenASideEntryIsLargerThanABlock_TheTurnAppendsItAndGoesOn() => TurnFixture.Run(async fixture =>
    {
        await SideAsync(fixture, "side", Huge);
        await SideAsync(fixture, "another", 900_000);
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        fixture.Entries().OfType<TranscriptEntry.CustomMessage>().Count().ShouldBe(2);
        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
    });

    private static Task<bool> SideAsync(TurnFixture fixture, string name, int characters)
    {
        var entry = Lines.CustomMessage(Lines.By("side", EntrySource.Inject));
        entry = entry with { Content = [new ContentBlock.Text(new string('x', characters))] };
        return fixture.Start().Inbox.AddSideEntryAsync(
            TurnFixture.Key, TurnFixture.Delivery(name), fixture.Clock.GetUtcNow(), TurnFixture.Lines(entry), None);
    }

    private static void WithContext(TurnFixture fixture, int tokens) =>
        fixture.Agent = fixture.Agent with { Models = [ScriptedModel.Profile("first") with { ContextTokens = tokens }] };

    private static List<string> ResultsOf(ModelCall request) =>
        [.. request.Prompt.Messages.SelectMany(message => message.Blocks).OfType<PromptBlock.ToolResult>().Select(result => result.Value)];
}
