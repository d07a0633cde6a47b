using System.Globalization;
using Holdfast.GitHub;
using Holdfast.Harness;
using Holdfast.Outbox;

namespace Holdfast.Demo.Showing;

/// <summary>What the platforms themselves say was posted for a scene.</summary>
/// <param name="Posts">Each post's id there and its text, in the order of their arrival, whoever asked for it.</param>
internal sealed record Delivered(IReadOnlyList<(string Id, string Text)> Posts)
{
    public static Delivered Of(Stage stage, Receipt receipt, OutboxRecord delivery) => new(delivery.Target switch
    {
        Inbox.ReplyTarget.Slack slack =>
            [.. stage.Slack.Messages.Where(message => message.IsFromBot && message.Channel == slack.ChannelId && message.ThreadTs == slack.ThreadTs)
                .Select(message => (message.Ts, message.Text))],
        Inbox.ReplyTarget.GitHub github =>
            [.. stage.GitHub.Comments.Where(comment =>
                    comment.IssueNumber == github.Number
                    && string.Equals(comment.Repository, $"{github.Owner}/{github.Repository}", StringComparison.OrdinalIgnoreCase))
                .Select(comment => (comment.Id.ToString(CultureInfo.InvariantCulture), WithoutMarker(comment.Body, receipt.TurnId)))],
        _ => [],
    });

    private static string WithoutMarker(string body, string turn) =>
        ReplyMarker.TryRead(body) is { } marker && marker.TurnId == turn ? body[..^("\n\n".Length + marker.ToString().Length)] : body;
}
