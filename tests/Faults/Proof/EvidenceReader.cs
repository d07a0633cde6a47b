using Holdfast.Audit;
using Holdfast.Channels.GitHub;
using Holdfast.Channels.Slack;
using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Faults.Traffic;
using Holdfast.Tests.Faults.Injection;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Faults.Proof;

/// <summary>Reads from store, peers and logs what a run left. Everything is at rest when it is called.</summary>
public sealed class EvidenceReader(AppFixture fixture, ModelSimulator model, IReadOnlyList<Deployment> deployments, TranscriptWatch watch)
{
    /// <summary>
    /// An endpoint that is frozen or far from storage takes a message in long after it looked at the clock. The ledger itself judges order,
    /// by
    /// what senders were told.
    /// </summary>
    private static readonly TimeSpan EndpointMayTake = TimeSpan.FromMinutes(10);

    public async Task<Evidence> ReadAsync(IReadOnlyList<SentMessage> sent)
    {
        var messages = sent.Select(Of).ToList();
        var receipts = new Dictionary<string, Receipt>(StringComparer.Ordinal);
        var deliveries = new Dictionary<string, OutboxRecord>(StringComparer.Ordinal);
        foreach (var turn in messages.SelectMany(message => message.Turns).Distinct().Select(TurnId.Parse))
        {
            if (await fixture.Receipts.FindAsync(turn, CancellationToken.None) is { } receipt)
            {
                receipts[turn.Value] = receipt;
            }

            if (await fixture.Outbox.FindAsync(turn, CancellationToken.None) is { } delivery)
            {
                deliveries[turn.Value] = delivery.Record;
            }
        }

        var transcripts = new List<TranscriptEvidence>();
        foreach (var key in messages.Select(message => message.SessionKey).Distinct())
        {
            transcripts.Add(await TranscriptAsync(key));
        }

        return new Evidence(
            messages, receipts, deliveries, await PendingAsync(), [.. SlackPosts(), .. GitHubPosts()], transcripts, model.Answers)
        {
            BrokenPrefixes = watch.Broken,
            Leaks = Leaks(messages),
            Deaths = [.. deployments.SelectMany(deployment => deployment.Deaths)],
        };
    }

    /// <summary>The turns whose message is in an inbox.</summary>
    public async Task<IReadOnlySet<string>> PendingAsync()
    {
        var pending = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in fixture.Blobs.ListAsync(InboxItem.Root, CancellationToken.None))
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
        message.SentAt, message.ToldAt)
    {
        Refusals = message.Refusals,
    };

    private async Task<TranscriptEvidence> TranscriptAsync(string key)
    {
        if (await fixture.Sessions.FindAsync(SessionKey.Parse(key), CancellationToken.None) is not { } record)
        {
            return new TranscriptEvidence(key, [], []);
        }

        var session = record.SessionId;
        var entries = new List<TranscriptEntry>();
        foreach (var path in (await fixture.ListAsync($"sessions/{session.Value}/")).Order(StringComparer.Ordinal))
        {
            var segment = await fixture.Blobs.ReadAsync(BlobPath.Parse(path), 0, null, CancellationToken.None);
            entries.AddRange(TranscriptLineParser.Parse(segment!.Content).Entries);
        }

        var report = await new SessionAudit(fixture.Blobs) { OrderTolerance = EndpointMayTake }.AuditAsync(session, CancellationToken.None);
        return new TranscriptEvidence(
            key, entries, [.. report?.Faults.Select(
                fault => FormattableString.Invariant($"segment {fault.Segment}, line {fault.Line}: {fault.Sentence} ({fault.Promise})"))
                    ?? []]);
    }

    private IEnumerable<PostEvidence> SlackPosts() => fixture.Slack.Messages.Where(message => message.IsFromBot).Select(message =>
    {
        var payload = message.Metadata?["event_type"]?.ToString() == SlackReplyChannel.MetadataEventType
            ? message.Metadata["event_payload"]
            : null;
        return new PostEvidence(
            Channel.Slack, payload?["turn_id"]?.ToString(), payload?["part"]?.GetValue<int>()
                ?? 0, message.Text, $"slack {message.Channel} {message.Ts}");
    });

    private IEnumerable<PostEvidence> GitHubPosts() => fixture.GitHub.Comments.Select(comment =>
    {
        var mark = ReplyMarker.TryRead(comment.Body);
        var text = mark is null ? comment.Body : comment.Body[..^(mark.ToString().Length + 2)];
        return new PostEvidence(
            Channel.GitHub, mark?.TurnId, mark?.Part ?? 0, text, $"github issue {comment.IssueNumber} comment {comment.Id}");
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
