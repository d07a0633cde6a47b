using Holdfast.GitHub;
using Holdfast.Harness;
using Holdfast.Inbox;
using Holdfast.Outbox;
using Holdfast.Sessions;
using Holdfast.Slack;
using Holdfast.Storage;
using Holdfast.Tests.Faults.Traffic;
using Holdfast.Tests.Faults.Weather;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Faults.Proof;

/// <summary>Reads from store, peers and logs what a run left. Everything is at rest when it is called.</summary>
public sealed class EvidenceReader(Stage stage, ModelPlayer model, IReadOnlyList<Deployment> deployments, TranscriptWatch watch)
{
    public async Task<Evidence> ReadAsync(IReadOnlyList<SentMessage> sent)
    {
        var messages = sent.Select(Of).ToList();
        var receipts = new Dictionary<string, Receipt>(StringComparer.Ordinal);
        var deliveries = new Dictionary<string, OutboxRecord>(StringComparer.Ordinal);
        foreach (var turn in messages.SelectMany(message => message.Turns).Distinct().Select(TurnId.Parse))
        {
            if (await stage.Receipts.FindAsync(turn, CancellationToken.None) is { } receipt)
            {
                receipts[turn.Value] = receipt;
            }

            if (await stage.Outbox.FindAsync(turn, CancellationToken.None) is { } delivery)
            {
                deliveries[turn.Value] = delivery.Record;
            }
        }

        var transcripts = new List<TranscriptEvidence>();
        foreach (var key in messages.Select(message => message.SessionKey).Distinct())
        {
            transcripts.Add(await TranscriptAsync(key, messages, receipts, deliveries));
        }

        return new Evidence(
            messages, receipts, deliveries, await PendingAsync(), [.. SlackPosts(), .. GitHubPosts()], transcripts, model.Answers, watch.Broken,
            Leaks(messages), [.. deployments.SelectMany(deployment => deployment.Deaths)]);
    }

    /// <summary>The turns whose message is in an inbox.</summary>
    public async Task<IReadOnlySet<string>> PendingAsync()
    {
        var pending = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in stage.Blobs.ListAsync(InboxItem.Root, CancellationToken.None))
        {
            if (InboxItem.Parse(row) is { Kind: InboxKind.Message } item)
            {
                pending.Add(item.DeliveryHash);
            }
        }

        return pending;
    }

    private static MessageEvidence Of(SentMessage message) => new(
        message.Plan.Number, message.Conversation.Channel, message.Conversation.SessionKey, message.Plan.Token, message.Turns,
        message.SentAt, message.ToldAt, message.Refusals);

    private async Task<TranscriptEvidence> TranscriptAsync(
        string key, IReadOnlyList<MessageEvidence> messages, Dictionary<string, Receipt> receipts, Dictionary<string, OutboxRecord> deliveries)
    {
        var replied = messages.Where(message => message.SessionKey == key && message.Turns.Count == 1).Select(message => message.Turns.First())
            .Where(turn => receipts.TryGetValue(turn, out var receipt) && receipt.Ending == TurnEnding.Replied && deliveries.ContainsKey(turn))
            .Select(turn => new TranscriptExpectation(TurnId.Parse(turn), deliveries[turn].Text) { MayHoldFailures = true }).ToList();
        var (entries, faults) = (new List<TranscriptEntry>(), new List<string>());
        if (await stage.Sessions.FindAsync(SessionKey.Parse(key), CancellationToken.None) is not { } session)
        {
            return new TranscriptEvidence(key, [], []);
        }

        foreach (var path in (await stage.ListAsync($"sessions/{session.SessionId}/")).Order(StringComparer.Ordinal))
        {
            var content = (await stage.Blobs.ReadAsync(BlobPath.Parse(path), 0, null, CancellationToken.None))!.Content;
            var here = TranscriptLineParser.Parse(content).Entries;
            var ids = here.Select(entry => entry.Id).ToHashSet();
            var expected = replied.Where(turn => ids.Contains(EntryId.OfMessage(turn.Turn))).ToList();
            faults.AddRange(expected.Count == 0 ? [] : TranscriptChecks.Check(content, expected).Select(fault => $"{path}: {fault}"));
            entries.AddRange(here);
        }

        return new TranscriptEvidence(key, entries, faults);
    }

    private IEnumerable<PostEvidence> SlackPosts() => stage.Slack.Messages.Where(message => message.IsFromBot).Select(message =>
    {
        var payload = message.Metadata?["event_type"]?.ToString() == SlackClient.MetadataEventType ? message.Metadata["event_payload"] : null;
        return new PostEvidence(
            Channel.Slack, payload?["turn_id"]?.ToString(), payload?["part"]?.GetValue<int>() ?? 0, message.Text, $"slack {message.Channel} {message.Ts}");
    });

    private IEnumerable<PostEvidence> GitHubPosts() => stage.GitHub.Comments.Select(comment =>
    {
        var mark = ReplyMarker.TryRead(comment.Body);
        var text = mark is null ? comment.Body : comment.Body[..^(mark.ToString().Length + 2)];
        return new PostEvidence(Channel.GitHub, mark?.TurnId, mark?.Part ?? 0, text, $"github issue {comment.IssueNumber} comment {comment.Id}");
    });

    private List<string> Leaks(IReadOnlyList<MessageEvidence> messages)
    {
        var tokens = messages.Select(message => message.Token).ToList();
        return
        [
            .. from deployment in deployments
               from line in deployment.Lines
               where tokens.Exists(token => line.Contains(token, StringComparison.Ordinal))
               select $"{deployment.Name} wrote: {line}",
        ];
    }
}
