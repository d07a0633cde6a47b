using System.Globalization;
using Holdfast.Channels.GitHub;
using Holdfast.Channels.Markdown;
using Holdfast.Channels.Slack;
using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Tests.Faults.Traffic;
using Holdfast.Transcripts;
using Holdfast.Turns;

namespace Holdfast.Tests.Faults.Proof;

/// <summary>What was delivered for one turn: once, whole, and what the model said or a notice with a reason. Pure.</summary>
internal static class DeliveryLedger
{
    private static readonly TurnFailure[] FailuresOfTheModel =
        [TurnFailure.ModelSilent, TurnFailure.ModelUnavailable, TurnFailure.ModelRefused, TurnFailure.ModelGaveNothing];

    public static IEnumerable<(FaultKind Kind, string Sentence)> Check(
        Evidence evidence, MessageEvidence message, string turn, Receipt receipt, OutboxRecord delivery, TranscriptEvidence? transcript)
    {
        var ending = delivery.State == OutboxState.Refused ? TurnEnding.Undeliverable : delivery.Ending;
        if (receipt.Ending != ending)
        {
            yield return (FaultKind.Doubled, $"its receipt says {receipt.Ending}, its delivery {ending}");
        }

        foreach (var fault in Posts(evidence, message, turn, delivery))
        {
            yield return fault;
        }

        foreach (var fault in receipt.Ending switch
        {
            TurnEnding.Replied => Reply(evidence, message, turn, delivery, transcript),
            TurnEnding.Superseded => Detached(evidence, message, delivery),
            _ => Notice(evidence, message, delivery),
        })
        {
            yield return fault;
        }
    }

    private static IEnumerable<(FaultKind Kind, string Sentence)> Posts(
        Evidence evidence, MessageEvidence message, string turn, OutboxRecord delivery)
    {
        var posts = evidence.Posts.Where(post => post.Turn == turn).ToList();
        IReadOnlyList<string> parts = message.Channel switch
        {
            Channel.Slack => MarkdownSplitter.Split(delivery.Text, SlackReplyChannel.MaxCharacters),
            Channel.GitHub => MarkdownSplitter.Split(delivery.Text, GitHubReplyChannel.MaxCharacters),
            _ => [],
        };
        for (var part = 1; part <= Math.Max(parts.Count, posts.Select(post => post.Part).DefaultIfEmpty().Max()); part++)
        {
            var found = posts.Where(post => post.Part == part).ToList();
            if (found.Count == 0)
            {
                yield return (FaultKind.Silent, string.Create(CultureInfo.InvariantCulture, $"part {part} of its reply was not posted"));
            }
            else if (found.Count > 1)
            {
                yield return (FaultKind.Doubled, string.Create(
                    CultureInfo.InvariantCulture, $"part {part} of its reply was posted {found.Count} times"));
            }
            else if (part > parts.Count || found[0].Text != parts[part - 1])
            {
                yield return (FaultKind.WrongText, string.Create(
                    CultureInfo.InvariantCulture, $"part {part} of its reply is not what the outbox holds"));
            }
        }
    }

    private static IEnumerable<(FaultKind Kind, string Sentence)> Reply(
        Evidence evidence, MessageEvidence message, string turn, OutboxRecord delivery, TranscriptEvidence? transcript)
    {
        if (!IsAnAnswer(evidence, message, delivery.Text))
        {
            yield return (FaultKind.WrongText, "its reply is no whole answer that the model gave to it");
        }

        var committed = transcript?.Entries.OfType<TranscriptEntry.AssistantMessage>()
            .LastOrDefault(answer => !answer.IsStub && RunId.TryParse(answer.Provenance?.RunId ?? "")?.Turn.Value == turn);
        if (committed?.Content.PlainText() != delivery.Text)
        {
            yield return (FaultKind.WrongText, "its reply is not what the transcript holds");
        }
    }

    private static IEnumerable<(FaultKind Kind, string Sentence)> Detached(
        Evidence evidence, MessageEvidence message, OutboxRecord delivery)
    {
        if (!delivery.Text.StartsWith(TurnNotices.BesideTheMainLine, StringComparison.Ordinal))
        {
            yield return (FaultKind.WrongText, "its detached answer is not marked");
        }
        else if (!IsAnAnswer(evidence, message, delivery.Text[TurnNotices.BesideTheMainLine.Length..]))
        {
            yield return (FaultKind.WrongText, "its detached answer is no whole answer that the model gave to it");
        }
    }

    /// <summary>A notice blames the model, and the model was to blame: it gave no whole answer to the last request before it.</summary>
    private static IEnumerable<(FaultKind Kind, string Sentence)> Notice(Evidence evidence, MessageEvidence message, OutboxRecord delivery)
    {
        if (!FailuresOfTheModel.Any(failure => delivery.Text == TurnNotices.TextOf(failure, delivery.RunId.Value)))
        {
            yield return (FaultKind.Unfounded, $"ended {delivery.Ending} with \"{delivery.Text}\"");
        }
        else if (evidence.Answers.LastOrDefault(answer => answer.Message == message.Number) is null or { IsComplete: true })
        {
            yield return (FaultKind.Unfounded, $"ended {delivery.Ending} although the model answered: \"{delivery.Text}\"");
        }
    }

    private static bool IsAnAnswer(Evidence evidence, MessageEvidence message, string text) =>
        evidence.Answers.Any(answer => answer.Message == message.Number && answer.IsComplete && answer.Text == text);
}
