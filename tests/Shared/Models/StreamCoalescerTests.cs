using Holdfast.Models;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Models;

public sealed class StreamCoalescerTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public void NextFlushIn_WhenNothingWaits_IsNull()
    {
        var coalescer = new StreamCoalescer(clock);

        coalescer.NextFlushIn.ShouldBeNull();
        coalescer.ShouldFlush.ShouldBeFalse();
        coalescer.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public void NextFlushIn_AgesFromTheFirstCharacterNotTaken()
    {
        var coalescer = new StreamCoalescer(clock);
        coalescer.Append("a");
        clock.Advance(TimeSpan.FromMilliseconds(600));
        coalescer.Append("b");

        coalescer.NextFlushIn.ShouldBe(TimeSpan.FromMilliseconds(400));
        clock.Advance(TimeSpan.FromMilliseconds(400));
        coalescer.ShouldFlush.ShouldBeTrue();
        coalescer.TryTake(out var text).ShouldBeTrue();
        text.ShouldBe("ab");
        coalescer.NextFlushIn.ShouldBeNull();

        coalescer.Append("c");
        coalescer.NextFlushIn.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Append_WhenTheSizeIsReached_IsDueAtOnce()
    {
        var coalescer = new StreamCoalescer(clock);

        coalescer.Append(new string('x', 8191)).ShouldBeFalse();
        coalescer.Append("x").ShouldBeTrue();
        coalescer.ShouldFlush.ShouldBeTrue();
        coalescer.Deltas.ShouldBe(2);
        coalescer.Characters.ShouldBe(8192);
    }

    [Fact]
    public async Task TryTake_WhileDeltasArrive_LosesAndDoublesNothing()
    {
        var coalescer = new StreamCoalescer(clock);
        var adding = Task.Run(() =>
        {
            for (var number = 0; number < 20_000; number++)
            {
                coalescer.Append($"{number};");
            }
        });
        var taken = new System.Text.StringBuilder();
        while (!adding.IsCompleted)
        {
            taken.Append(coalescer.TryTake(out var part) ? part : "");
        }

        await adding;
        taken.Append(coalescer.TryTake(out var rest) ? rest : "");
        taken.ToString().ShouldBe(string.Concat(Enumerable.Range(0, 20_000).Select(number => $"{number};")));
    }
}
