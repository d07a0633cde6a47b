using System.Globalization;
using Holdfast.Channels.GitHub;
using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.GitHub;

namespace Holdfast.Demo.Showing;

/// <summary>What the platforms themselves say was posted for a scene.</summary>
/// <param name="Posts">Each post's id there and its text, in the order of their arrival, whoever asked for it.</param>
internal sealed record Delivered(IReadOnlyList<(string Id, string Text)> Posts)
{
    public static Delivered Of(AppFixture fixture, Receipt receipt, OutboxRecord delivery) => new(delivery.Target switch
    {
        Inbox.ReplyTarget.Slack slack =>
            [.. fixture.Slack.Messages.Where(message => message.IsFromBot && message.Channel == slack.ChannelId
                && message.ThreadTs == slack.ThreadTs)
                .Select(message => (message.Ts, message.Text))],
        Inbox.ReplyTarget.GitHub github =>
            [.. fixture.GitHub.Comments.Where(comment =>
                    comment.IssueNumber == github.Number
                    && string.Equals(comment.Repository, $"{github.Owner}/{github.Repository}", StringComparison.OrdinalIgnoreCase))
                .Select(comment => (AddressOf(fixture, comment), WithoutMarker(comment.Body, receipt.TurnId.Value)))],
        _ => [],
    });

    /// <summary>GitHub's <c>html_url</c>, which the app keeps as a comment's id.</summary>
    private static string AddressOf(AppFixture fixture, StoredComment comment) => new Uri(
        fixture.GitHub.BaseUri,
        string.Create(
            CultureInfo.InvariantCulture, $"{comment.Repository}/issues/{comment.IssueNumber}#issuecomment-{comment.Id}")).ToString();

    private static string WithoutMarker(string body, string turn) =>
        ReplyMarker.TryRead(body) is { } marker && marker.TurnId == turn ? body[..^("\n\n".Length + marker.ToString().Length)] : body;
}
