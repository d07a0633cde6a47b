using System.Globalization;
using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Sessions;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>Two deployments on one storage account behave as one (I7): any message may come through either.</summary>
public sealed class DeploymentTests(PairFixture fixture) : IClassFixture<PairFixture>
{
    private const int Messages = 200;
    private const int Sessions = 20;

    /// <summary>Every fourth session is a Slack thread, the others are spoken to over HTTP.</summary>
    private readonly IReadOnlyList<Talk> _talks = [.. Enumerable.Range(0, Sessions).Select(number => new Talk(number))];

    [Fact]
    public async Task S35_When200MessagesComeThroughBothAtRandom_TurnsAreSerialInOrderAndAnsweredOnceEach()
    {
        var random = new Random(20_261_122);
        var plan = Enumerable.Range(0, Messages).Select(_ => (Talk: random.Next(Sessions), ThroughOther: random.Next(2) == 1)).ToList();
        fixture.AppFixture.Bedrock.Selector = request => Echo(request.LastUserText);

        // Within a session each message is sent after the answer to the one before; sessions do not wait for each other.
        await Task.WhenAll(
            plan.GroupBy(message => message.Talk)
                .Select(messages => SendAsync(_talks[messages.Key], messages.Select(message => message.ThroughOther))));
        var receipts = await Task.WhenAll(
            _talks.SelectMany(talk => talk.Turns).Select(turn => fixture.AppFixture.ReceiptAsync(turn, RunningFixture.Soon)));

        receipts.Length.ShouldBe(Messages);
        receipts.ShouldAllBe(receipt => receipt.Ending == TurnEnding.Replied);
        receipts.SelectMany(receipt => receipt.Tally.Verdicts.Keys).Where(kind => kind is "takeover" or "superseded").ShouldBeEmpty();
        foreach (var talk in _talks)
        {
            ShouldHaveAskedSerially(talk);
            await ShouldHaveWrittenSeriallyAsync(talk);
            await ShouldHaveRepliedOnceEachAsync(talk);
        }

        (await fixture.AppFixture.ListAsync("inbox/")).ShouldBeEmpty();
        HoldfastApp[] apps = [fixture.App, fixture.Other];
        apps.Select(app => Count(app, "Turn ended (Replied)")).ShouldAllBe(turns => turns >= Messages / 10);
        apps.Sum(app => Count(app, "Turn ended")).ShouldBe(Messages);
        apps.Select(app => Count(app, "was taken over")).ShouldAllBe(takeovers => takeovers == 0);
    }

    /// <summary>An answer that streams for a while and tells to what it is one.</summary>
    private static BedrockScript Echo(string text) => new(
        new BedrockStep.Text(
            ["re ", .. text.Split(' '), "!"], TimeSpan.FromMilliseconds(60)), new BedrockStep.MessageStop(), new BedrockStep.Metadata());

    private async Task SendAsync(Talk talk, IEnumerable<bool> throughOther)
    {
        foreach (var isOther in throughOther)
        {
            var (app, text) = (isOther ? fixture.Other : fixture.App, talk.NextText());
            talk.Turns.Add(talk.Thread is { } thread
                ? await PairFixture.MentionAsync(app, thread, text, SlackThread.NextTs())
                : await PairFixture.PostAsync(app, talk.Key, text));
        }
    }

    /// <summary>The model was asked once for each message, in order, and never before it had ended its answer to the one before.</summary>
    private void ShouldHaveAskedSerially(Talk talk)
    {
        var requests = fixture.Model.RequestsOf(talk.Name + " ");
        requests.Select(request => request.LastUserText).ShouldBe(talk.Texts);
        foreach (var (before, after) in requests.Zip(requests.Skip(1)))
        {
            after.ArrivedAtMicros.ShouldBeGreaterThan(before.LastByteAtMicros!.Value);
        }
    }

    /// <summary>Epochs never go down, no run writes among the entries of another, and what was said stands in order.</summary>
    private async Task ShouldHaveWrittenSeriallyAsync(Talk talk)
    {
        var bytes = await (await fixture.App.TranscriptAsync(talk.Key)).Content.ReadAsByteArrayAsync();
        TranscriptChecks.Check(bytes, [.. talk.Expectations]).ShouldBeEmpty();
        var entries = await fixture.AppFixture.TranscriptAsync(talk.Key);
        entries.Said().ShouldBe(talk.Texts);
        entries.Stubs().ShouldBeEmpty();
        var runs = entries.Select(entry => entry.Provenance!.RunId).ToList();
        runs.Where((run, index) => index == 0 || run != runs[index - 1]).ShouldBe(talk.Turns.Select(turn => RunId.First(turn).Value));
    }

    private async Task ShouldHaveRepliedOnceEachAsync(Talk talk)
    {
        var deliveries = await Task.WhenAll(talk.Turns.Select(fixture.AppFixture.DeliveryAsync));
        deliveries.Select(delivery => delivery.Text).ShouldBe(talk.Answers);
        deliveries.ShouldAllBe(delivery => delivery.State == OutboxState.Delivered);
        talk.Thread?.Replies(fixture.AppFixture.Slack).Select(reply => reply.Text).ShouldBe(talk.Answers);
    }

    private static int Count(HoldfastApp app, string words) =>
        app.Process.Lines.Count(line => line.Contains(words, StringComparison.Ordinal));

    /// <summary>What is said in one session.</summary>
    private sealed class Talk(int number)
    {
        public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"talk-{number:D2}");

        public SlackThread? Thread { get; } = number % 4 == 0 ? SlackThread.Begin("C0PAIR") : null;

        public string Key => Thread?.SessionKey() ?? $"agent:main:http:{Name}";

        public List<string> Texts { get; } = [];

        public List<TurnId> Turns { get; } = [];

        public IEnumerable<string> Answers => Texts.Select(text => $"re {text.Replace(" ", "", StringComparison.Ordinal)}!");

        public IEnumerable<TranscriptExpectation> Expectations =>
            Turns.Zip(Texts, Answers).Select(turn => new TranscriptExpectation(turn.First, turn.Third) { Message = turn.Second });

        public string NextText()
        {
            Texts.Add(string.Create(CultureInfo.InvariantCulture, $"{Name} says {Texts.Count}"));
            return Texts[^1];
        }
    }
}
