using System.Diagnostics.Metrics;
using Holdfast.Storage;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

public sealed class StorageCallCounterTests
{
    [Fact]
    public async Task StartTally_WhileAnotherFlowCalls_CountsItsOwnOnly()
    {
        using var calls = new StorageCallCounter();

        var counts = await Task.WhenAll(Enumerable.Range(1, 5).Select(n => Task.Run(async () =>
        {
            using var tally = calls.StartTally();
            for (var call = 0; call < n; call++)
            {
                await Task.Yield();
                calls.Count(BlobVerb.Append, "sessions/x");
            }

            return tally.Calls;
        })));

        counts.ShouldBe([1, 2, 3, 4, 5]);
        calls.Total.ShouldBe(15);
        calls.CountOf(BlobVerb.Append).ShouldBe(15);
    }

    [Fact]
    public void StartTally_WhenNested_CountsForTheOuterOneToo()
    {
        using var calls = new StorageCallCounter();

        using var outer = calls.StartTally();
        calls.Count(BlobVerb.Read, "keys/x");
        using (var inner = calls.StartTally())
        {
            calls.Count(BlobVerb.Read, "keys/x");
            inner.Calls.ShouldBe(1);
        }

        calls.Count(BlobVerb.Read, "keys/x");

        outer.Calls.ShouldBe(3);
    }

    [Theory]
    [InlineData("sessions/s1/transcript-000001.jsonl", "sessions")]
    [InlineData("inbox/", "inbox")]
    [InlineData("inbox", "inbox")]
    [InlineData("sessionsx/1", "other")]
    [InlineData("", "other")]
    public void Count_WhenSomebodyListens_TagsVerbAndFamily(string name, string family)
    {
        using var calls = new StorageCallCounter();
        var seen = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == StorageCallCounter.MeterName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        var thread = Environment.CurrentManagedThreadId;
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            // Other tests count at the same time, on other threads.
            if (Environment.CurrentManagedThreadId == thread)
            {
                seen.Add($"{instrument.Name} {value} {tags[0].Value} {tags[1].Value}");
            }
        });
        listener.Start();

        calls.Count(BlobVerb.List, name);

        seen.ShouldBe([$"holdfast.storage.calls 1 List {family}"]);
    }
}
