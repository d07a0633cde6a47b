using Holdfast.Auditing;
using Holdfast.Outbox;
using Holdfast.Sessions;
using Holdfast.Tests.Inference;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Shouldly;

namespace Holdfast.Tests.Turns;

/// <summary>What must hold when a turn is over, however it went (docs/invariants.md).</summary>
internal static class TurnInvariants
{
    public static async Task CheckAsync(TurnRig rig, string delivery)
    {
        var turn = TurnRig.Delivery(delivery).Turn;
        var entries = rig.Entries();
        CheckSegments(rig);
        entries.Count(entry => entry.Id == EntryId.OfMessage(turn)).ShouldBe(1, "I3: the message stands exactly once");
        (await new SessionAudit(rig.Outside).FaultsAsync(CancellationToken.None)).ShouldBeEmpty("the audit finds no fault");

        var process = rig.Start();
        var receipt = (await process.Receipts.FindAsync(turn, CancellationToken.None)).ShouldNotBeNull("I3: the turn has its outcome");
        var outbox = (await process.Outbox.FindAsync(turn, CancellationToken.None)).ShouldNotBeNull().Record;
        outbox.State.ShouldNotBe(OutboxState.Sending, "I4: the outcome is delivered");
        if (receipt.Ending != TurnEnding.Undeliverable)
        {
            string.Concat(rig.Channel.Posts.Where(post => post.TurnId == turn.Value).OrderBy(post => post.Number).Select(post => post.Text))
                .ShouldBe(outbox.Text, "I4: delivered whole, and once");
            receipt.DeliveredAs.Length.ShouldBe(rig.Channel.Posts.Count(post => post.TurnId == turn.Value));
        }

        (await rig.NamesAsync("inbox/")).Where(name => name.Contains("-m-", StringComparison.Ordinal)).ShouldBeEmpty("I3: nothing waits");
        await CheckPromptsAsync(rig);
        await CheckFinishedAsync(rig, delivery, process);
    }

    /// <summary>All segments but the last are sealed, each names what it goes on from, and the chain of parents runs through them.</summary>
    private static void CheckSegments(TurnRig rig)
    {
        EntryId? last = null;
        for (var segment = 0; segment < rig.SegmentCount(); segment++)
        {
            var snapshot = rig.Snapshot(segment)!;
            var parsed = TranscriptLineParser.Parse(snapshot.Content);
            parsed.UnreadableLines.ShouldBe(0);
            snapshot.IsSealed.ShouldBe(segment < rig.SegmentCount() - 1);
            ClaimStamp.FromMetadata(snapshot.Metadata)!.Segment.ShouldBe(segment);
            if (segment > 0 && snapshot.Length > 0)
            {
                var header = System.Text.Encoding.UTF8.GetString(snapshot.Content.Span).Split('\n')[0];
                header.ShouldEndWith($"\"segment\":{segment},\"continues\":{{\"segment\":{segment - 1},\"lastId\":\"{last}\"}}}}");
            }

            foreach (var entry in parsed.Entries)
            {
                (entry.Stamp?.Source == EntrySource.Turn && entry.ParentId != last).ShouldBeFalse("the chain of parents is broken");
                last = entry.Id;
            }
        }
    }

    private static async Task CheckPromptsAsync(TurnRig rig)
    {
        foreach (var request in rig.Model.Requests.Concat(rig.Model.SummaryRequests))
        {
            AcceptableToModelApi.Check(request.Prompt);
        }

        var next = TurnRig.RunOf("next");
        var message = TurnHistory.MessageOf(next.Turn, rig.Message("next", "and now?"));
        var conversation = Conversation.Empty.Apply(rig.Entries()).Apply([message]);
        AcceptableToModelApi.Check(TurnPrompt.Build(conversation, next, rig.Agent, rig.Agent.Models[0]));
        await Task.CompletedTask;
    }

    private static async Task CheckFinishedAsync(TurnRig rig, string delivery, TurnProcess process)
    {
        var (requests, posts) = (rig.Model.Requests.Count, rig.Channel.Posts.Count);
        var repeated = await process.Inbox.AcceptAsync(
            TurnRig.Delivery(delivery), await FirstAsync(rig, delivery), CancellationToken.None);
        repeated.ShouldBe(new Holdfast.Inbox.AcceptOutcome.Repeated(TurnRig.Delivery(delivery).Turn, IsFinished: true));
        (await new PlayedOrchestration(rig).RunAsync()).ShouldBeEmpty("I10: finished work never runs again");
        (rig.Model.Requests.Count, rig.Channel.Posts.Count).ShouldBe((requests, posts));
    }

    private static async Task<Holdfast.Inbox.InboundMessage> FirstAsync(TurnRig rig, string delivery)
    {
        var path = Holdfast.Storage.BlobPath.Parse($"deliveries/{TurnRig.Delivery(delivery).Hash}.json");
        using var record = System.Text.Json.JsonDocument.Parse((await rig.Outside.ReadAsync(path, 0, null, CancellationToken.None)).ShouldNotBeNull().Content);
        return rig.Message(
            delivery, record.RootElement.GetProperty("text").GetString()!, key: SessionKey.Parse(record.RootElement.GetProperty("sessionKey").GetString()!));
    }
}
