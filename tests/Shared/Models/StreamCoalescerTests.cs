using System.Text;
using Holdfast.Models;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Models;

public sealed class StreamCoalescerTests
{
    private readonly StreamCoalescer coalescer = new();

    [Fact]
    public void Take_WhenTextAndOtherEventsCame_GivesTheTextOnceAndCountsIt()
    {
        coalescer.Take().ShouldBeNull();
        coalescer.Hear(ModelEvent.Started.Instance);
        coalescer.Hear(new ModelEvent.TextDelta("a"));
        coalescer.Hear(new ModelEvent.ReasoningDelta("hm", null));
        coalescer.Hear(new ModelEvent.TextDelta("bc"));

        coalescer.Take().ShouldBe("abc");
        coalescer.Take().ShouldBeNull();
        (coalescer.Deltas, coalescer.Characters).ShouldBe((2, 3));
    }

    [Fact]
    public async Task Take_WhileDeltasArrive_LosesAndDoublesNothing()
    {
        var adding = Task.Run(() =>
        {
            for (var number = 0; number < 20_000; number++)
            {
                coalescer.Hear(new ModelEvent.TextDelta($"{number};"));
            }
        });
        var taken = new StringBuilder();
        while (!adding.IsCompleted)
        {
            taken.Append(coalescer.Take());
        }

        await adding;
        taken.Append(coalescer.Take());
        taken.ToString().ShouldBe(string.Concat(Enumerable.Range(0, 20_000).Select(number => $"{number};")));
    }
}
