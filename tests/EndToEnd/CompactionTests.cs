using System.Text;
using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Tests.Support;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A session that grows too long while the app answers in it.</summary>
public sealed class CompactionTests(ForgetfulFixture fixture) : IClassFixture<ForgetfulFixture>
{
    private const string Key = "agent:main:http:long";

    [Fact]
    public async Task S10_WhenCompactionStartsByThresholdInTheMiddleOfATurn_TheStreamGoesOnInTheNewSegment()
    {
        await fixture.ReceiptAsync(await fixture.PostAsync(Key, "first " + string.Concat(Enumerable.Repeat("old words ", 1_000))));
        fixture.Model.Play("Sum up the conversation", BedrockScript.Saying("they said old words"));
        fixture.Model.Play("second", new BedrockScript(
            new BedrockStep.Text("before "), new BedrockStep.Gate("compacted"), new BedrockStep.Text("after"),
            new BedrockStep.MessageStop(), new BedrockStep.Metadata()));
        var second = await fixture.PostAsync(Key, "second");

        await Eventually.BecomesTrueAsync(
            async () => (await ReadAsync(segment: null)).Segment == 1, RunningFixture.Soon, "the second segment");
        fixture.AppFixture.Bedrock.Open("compacted");
        var receipt = await fixture.ReceiptAsync(second);

        (receipt.Ending, receipt.Tally.Verdicts.Count).ShouldBe((TurnEnding.Replied, 0));
        (await fixture.AppFixture.DeliveryAsync(second)).Text.ShouldBe("before after");
        var (first, next) = (await ReadAsync(0), await ReadAsync(1));
        (first.Segment, first.Next, next.Segment, next.Next).ShouldBe((0, 1, 1, null));
        next.Entries[0].ShouldBeOfType<TranscriptEntry.Compaction>().Summary.ShouldEndWith("they said old words");
        next.Entries.Answers().ShouldHaveSingleItem();
        Segment(await (await fixture.App.SessionAsync(Key)).JsonAsync()).ShouldBe(1);
        await ShouldGoOnWithTheSummaryAsync();
    }

    [Fact]
    public async Task Transcript_WhenTheSegmentIsNone_SaysSo()
    {
        await fixture.ReceiptAsync(await fixture.PostAsync("agent:main:http:short", "short"));

        ((int)(await fixture.App.TranscriptAsync("agent:main:http:short", segment: 7)).StatusCode).ShouldBe(404);
        ((int)(await fixture.App.TranscriptAsync("agent:main:http:short", segment: -1)).StatusCode).ShouldBe(400);
    }

    private async Task ShouldGoOnWithTheSummaryAsync()
    {
        await fixture.ReceiptAsync(await fixture.PostAsync(Key, "third"));
        var body = Encoding.UTF8.GetString(fixture.Model.RequestsOf("third").ShouldHaveSingleItem().RawBody.Span);
        body.ShouldContain("they said old words");
        body.ShouldNotContain("old words old words");
    }

    private async Task<(int Segment, int? Next, IReadOnlyList<TranscriptEntry> Entries)> ReadAsync(int? segment)
    {
        using var answer = await fixture.App.TranscriptAsync(Key, segment: segment);
        int? next = answer.Headers.TryGetValues("Holdfast-Next-Segment", out var values)
            ? int.Parse(values.Single(), System.Globalization.CultureInfo.InvariantCulture)
            : null;
        var number = int.Parse(answer.Headers.GetValues("Holdfast-Segment").Single(), System.Globalization.CultureInfo.InvariantCulture);
        return (number, next, TranscriptLineParser.Parse(await answer.Content.ReadAsByteArrayAsync()).Entries);
    }

    private static int Segment(System.Text.Json.JsonElement session) => session.GetProperty("transcript").GetProperty("segment").GetInt32();
}
