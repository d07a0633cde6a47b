using Holdfast.Audit;
using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Tests.Models;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Shouldly;

namespace Holdfast.Tests.Turns;

/// <summary>What must hold when a turn is over, however it went (docs/invariants.md).</summary>
internal static class TurnInvariants
{
    public static async Task CheckAsync(TurnFixture fixture, string delivery)
    {
        var turn = TurnFixture.Delivery(delivery).Turn;
        var entries = fixture.Entries();
        CheckSegments(fixture);
        entries.Count(entry => entry.Id == EntryId.OfMessage(turn)).ShouldBe(1, "I3: the message stands exactly once");
        (await new SessionAudit(fixture.Outside).FaultsAsync(CancellationToken.None)).ShouldBeEmpty("the audit finds no fault");

        var process = fixture.Start();
        var receipt = (await process.Receipts.FindAsync(turn, CancellationToken.None)).ShouldNotBeNull("I3: the turn has its outcome");
        var outbox = (await process.Outbox.FindAsync(turn, CancellationToken.None)).ShouldNotBeNull().Record;
        outbox.State.ShouldNotBe(OutboxState.Sending, "I4: the outcome is delivered");
        if (receipt.Ending != TurnEnding.Undeliverable)
        {
            string.Concat(fixture.Channel.Posts.Where(post => post.TurnId == turn).OrderBy(post => post.Number).Select(post => post.Text))
                .ShouldBe(outbox.Text, "I4: delivered whole, and once");
            receipt.DeliveredAs.Length.ShouldBe(fixture.Channel.Posts.Count(post => post.TurnId == turn));
        }

        (await fixture.NamesAsync("inbox/"))
            .Where(name => name.Contains("-m-", StringComparison.Ordinal))
            .ShouldBeEmpty("I3: nothing waits");
        await CheckPromptsAsync(fixture);
        await CheckFinishedAsync(fixture, delivery, process);
    }

    /// <summary>
    /// All segments but the last are sealed, each names what it goes on from, and the chain of parents runs through them.
    /// </summary>
    private static void CheckSegments(TurnFixture fixture)
    {
        EntryId? last = null;
        for (var segment = 0; segment < fixture.SegmentCount(); segment++)
        {
            var snapshot = fixture.Snapshot(segment)!;
            var parsed = TranscriptLineParser.Parse(snapshot.Content);
            parsed.UnreadableLines.ShouldBe(0);
            snapshot.IsSealed.ShouldBe(segment < fixture.SegmentCount() - 1);
            OwnershipMetadata.FromMetadata(snapshot.Metadata)!.Segment.ShouldBe(segment);
            if (segment > 0 && snapshot.Length > 0)
            {
                var header = System.Text.Encoding.UTF8.GetString(snapshot.Content.Span).Split('\n')[0];
                header.ShouldEndWith($"\"segment\":{segment},\"continues\":{{\"segment\":{segment - 1},\"lastId\":\"{last}\"}}}}");
            }

            foreach (var entry in parsed.Entries)
            {
                (entry.Provenance?.Source == EntrySource.Turn && entry.ParentId != last).ShouldBeFalse("the chain of parents is broken");
                last = entry.Id;
            }
        }
    }

    private static async Task CheckPromptsAsync(TurnFixture fixture)
    {
        foreach (var request in fixture.Model.Requests.Concat(fixture.Model.SummaryRequests))
        {
            AcceptableToModelApi.Check(request.Prompt);
        }

        var next = TurnFixture.RunOf("next");
        var message = TurnHistory.MessageOf(next.Turn, fixture.Message("next", "and now?"));
        var conversation = Conversation.Empty.Apply(fixture.Entries()).Apply([message]);
        AcceptableToModelApi.Check(TurnPrompt.Build(conversation, next, fixture.Agent, fixture.Agent.Models[0]));
        await Task.CompletedTask;
    }

    private static async Task CheckFinishedAsync(TurnFixture fixture, string delivery, TurnProcess process)
    {
        var (requests, posts) = (fixture.Model.Requests.Count, fixture.Channel.Posts.Count);
        var repeated = await process.Inbox.AcceptAsync(await FirstAsync(fixture, delivery), CancellationToken.None);
        repeated.ShouldBe(new Holdfast.Inbox.AcceptOutcome.Repeated(TurnFixture.Delivery(delivery).Turn, IsFinished: true));
        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldBeEmpty("I10: finished work never runs again");
        (fixture.Model.Requests.Count, fixture.Channel.Posts.Count).ShouldBe((requests, posts));
    }

    private static async Task<Holdfast.Inbox.InboundMessage> FirstAsync(TurnFixture fixture, string delivery)
    {
        var path = Holdfast.Storage.BlobPath.Parse($"deliveries/{TurnFixture.Delivery(delivery).Hash}.json");
        using var record = System.Text.Json.JsonDocument.Parse(
            (await fixture.Outside.ReadAsync(path, 0, null, CancellationToken.None)).ShouldNotBeNull().Content);
        return fixture.Message(
            delivery, record.RootElement.GetProperty("text")
                .GetString()!, key: SessionKey.Parse(record.RootElement.GetProperty("sessionKey").GetString()!));
    }
}
