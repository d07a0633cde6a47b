using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>
/// A whole turn, with its process killed (or a request or answer lost) at every single blob call: each time the turn must end as if
/// nothing had happened.
/// </summary>
public sealed class CrashWalkTests
{
    public static TheoryData<int> Actions =>
        [(int)TapAction.CrashBefore, (int)TapAction.CrashAfter, (int)TapAction.FaultBefore, (int)TapAction.FaultAfter];

    [Theory]
    [MemberData(nameof(Actions))]
    public void Turn_WhenBrokenAtAnyBlobCall_EndsInOneReply(int action)
    {
        var calls = CallsOf(PlayTextAsync);
        calls.ShouldBeGreaterThan(15);
        for (var at = 1; at <= calls; at++)
        {
            Walk(PlayTextAsync, at, (TapAction)action);
        }
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public void RollingTurn_WhenBrokenAtAnyBlobCall_EndsInOneReply(int action)
    {
        var calls = CallsOf(PlayRollingAsync);
        calls.ShouldBeGreaterThan(20);
        for (var at = 1; at <= calls; at++)
        {
            Walk(PlayRollingAsync, at, (TapAction)action);
        }
    }

    [Fact]
    public void RollingTurn_WhenKilledTwice_EndsInOneReply()
    {
        var calls = CallsOf(PlayRollingAsync);
        for (var at = 5; at <= calls; at++)
        {
            var first = at;
            for (var second = 2; second <= 14; second += 3)
            {
                var then = second;
                TurnFixture.Run(async fixture =>
                {
                    await PlayRollingAsync(fixture, Tap(first, TapAction.CrashAfter), Tap(then, TapAction.CrashBefore));
                    await TurnInvariants.CheckAsync(fixture, "m1");
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public void CompactingTurn_WhenBrokenAtAnyBlobCall_EndsInOneReply(int action)
    {
        var calls = CallsOf(PlayCompactingAsync);
        calls.ShouldBeGreaterThan(20);
        for (var at = 1; at <= calls; at++)
        {
            Walk(PlayCompactingAsync, at, (TapAction)action);
        }
    }

    [Fact]
    public void Turn_WhenKilledTwice_EndsInOneReply()
    {
        var calls = CallsOf(PlayTextAsync);
        for (var at = 1; at <= calls; at++)
        {
            var first = at;
            for (var second = 1; second <= 12; second += 3)
            {
                var then = second;
                TurnFixture.Run(async fixture =>
                {
                    await PlayTextAsync(fixture, Tap(first, TapAction.CrashAfter), Tap(then, TapAction.CrashBefore));
                    await TurnInvariants.CheckAsync(fixture, "m1");
                });
            }
        }
    }

    private static BlobTap Tap(int at, TapAction action) => new() { Plan = (_, number) => number == at ? action : TapAction.Pass };

    private static int CallsOf(Func<TurnFixture, BlobTap[], Task> play)
    {
        var calls = 0;
        TurnFixture.Run(async fixture =>
        {
            var tap = new BlobTap();
            await play(fixture, [tap]);
            calls = tap.Calls.Count;
            await TurnInvariants.CheckAsync(fixture, "m1");
        });
        return calls;
    }

    private static void Walk(Func<TurnFixture, BlobTap[], Task> play, int at, TapAction action)
    {
        var what = "";
        try
        {
            TurnFixture.Run(async fixture =>
            {
                var tap = Tap(at, action);
                await play(fixture, [tap]);
                what = tap.Calls.Count >= at ? $"{tap.Calls[at - 1].Verb} {tap.Calls[at - 1].Name}" : "not reached";
                await TurnInvariants.CheckAsync(fixture, "m1");
                fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("one two three");
            });
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"{action} at call {at} ({what}): {fault.Message}", fault);
        }
    }

    /// <summary>Every second append is the last of its segment.</summary>
    private static async Task PlayRollingAsync(TurnFixture fixture, params BlobTap[] taps)
    {
        fixture.Transcripts.RollAtBlocks = 2;
        await PlayTextAsync(fixture, taps);
        fixture.SegmentCount().ShouldBeGreaterThan(1);
    }

    /// <summary>The summary comes in the middle of the stream.</summary>
    private static async Task PlayCompactingAsync(TurnFixture fixture, params BlobTap[] taps)
    {
        await LongHistory.WriteAsync(fixture);
        fixture.Model.Summary = [new Act.Wait(TimeSpan.FromSeconds(3)), .. SimulatedModel.Text("old things")];
        await PlayTextAsync(fixture, taps);
        fixture.Entries().OfType<TranscriptEntry.Compaction>().ShouldNotBeEmpty();
    }

    private static async Task PlayTextAsync(TurnFixture fixture, params BlobTap[] taps)
    {
        fixture.Model.Otherwise =
        [
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(2)), SimulatedModel.Delta("two "), new Act.Wait(
                TimeSpan.FromSeconds(22)),
            SimulatedModel.Delta("three"), SimulatedModel.Stop(),
        ];
        await fixture.AcceptAsync("m1");
        var receipts = await new SimulatedOrchestration(fixture, taps).RunAsync();
        receipts.Count.ShouldBeLessThanOrEqualTo(1);
        var receipt = await fixture.Start().Receipts.FindAsync(TurnFixture.Delivery("m1").Turn, CancellationToken.None);
        receipt.ShouldNotBeNull().Ending.ShouldBe(Holdfast.Delivery.TurnEnding.Replied);
    }
}
