using System.Text;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Storage;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Inbox;

/// <summary>
/// What lies in an inbox and cannot be read stops nobody: it is set aside where it is seen, and what is behind it goes on.
/// </summary>
public sealed class SetAsideTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<string> NoMessages => new(
        "",
        "no json",
        "null",
        "[]",
        "{}",
        "{\"deliveryId\":\"d\"",
        MessageJson(sessionKey: "null"),
        MessageJson(text: "null"),
        MessageJson(deliveryId: "7"),
        MessageJson(deliveryId: "\"\""),
        MessageJson(replyTo: "{}"),
        MessageJson(replyTo: "{\"channel\":\"pigeon\"}"),
        MessageJson(sessionKey: "\"no key\""),
        MessageJson(sessionKey: "\"agent:main:test:1\\n\""),
        MessageJson(sessionKey: "\"agent:main:another:1\""));

    [Theory]
    [MemberData(nameof(NoMessages))]
    public void ReadMessageAsync_WhenItIsNoMessageOfTheSession_SetsItAsideAndSaysSo(string content) => TurnFixture.Run(async fixture =>
    {
        var path = await PutAsync(fixture, "bad", Encoding.UTF8.GetBytes(content));

        (await fixture.Start().Inbox.ReadMessageAsync(path, None)).ShouldBeNull();

        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
        var aside = BlobPath.Parse((await fixture.NamesAsync("deadletters/")).ShouldHaveSingleItem());
        aside.Value["deadletters/".Length..].ShouldBe(path.Value["inbox/".Length..]);
        Encoding.UTF8.GetString((await fixture.Outside.ReadAsync(aside, 0, null, None))!.Content.Span).ShouldBe(content);
        (await fixture.Start().Inbox.CountSetAsideAsync(TurnFixture.Key, None)).ShouldBe(1);
        fixture.Log.Lines.ShouldContain(line => line.Level == LogLevel.Error && line.Text.Contains(aside.Value, StringComparison.Ordinal));
    });

    [Fact]
    public void ReadMessageAsync_WhenItIsAMessage_LeavesItWhereItIs() => TurnFixture.Run(async fixture =>
    {
        var path = await PutAsync(fixture, "good", Encoding.UTF8.GetBytes(MessageJson()));

        (await fixture.Start().Inbox.ReadMessageAsync(path, None)).ShouldNotBeNull().Text.ShouldBe("a question");

        (await fixture.NamesAsync("deadletters/")).ShouldBeEmpty();
    });

    [Theory]
    [InlineData((int)TapAction.CrashBefore)]
    [InlineData((int)TapAction.CrashAfter)]
    public void ReadMessageAsync_WhenItDiesAtAnyCall_TheNextSetsItAsideOnce(int action) => TurnFixture.Run(async fixture =>
    {
        for (var number = 1; ; number++)
        {
            var path = await PutAsync(fixture, $"bad{number}", "no json"u8.ToArray());
            var tap = new BlobTap { Plan = (_, call) => call == number ? (TapAction)action : TapAction.Pass };
            var dying = await Record.ExceptionAsync(() => fixture.Start(tap).Inbox.ReadMessageAsync(path, None));
            await fixture.Start().Inbox.ReadMessageAsync(path, None);

            (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
            (await fixture.NamesAsync("deadletters/")).Count.ShouldBe(number);
            if (dying is null)
            {
                number.ShouldBe(4, "read, copy, take away");
                return;
            }
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void RunAsync_WhenAMessageCannotBeRead_TheOthersAreAnswered(int place) => TurnFixture.Run(async fixture =>
    {
        for (var number = 0; number < 3; number++)
        {
            await fixture.AcceptAsync($"m{number}", $"question {number}");
            await fixture.PassAsync(TimeSpan.FromSeconds(1));
        }

        var path = BlobPath.Parse((await fixture.NamesAsync("inbox/"))[place]);
        await fixture.Outside.ReplaceAsync(path, "no json"u8.ToArray(), (await fixture.Outside.ReadAsync(path, 0, 0, None))!.ETag, None);

        (await new SimulatedOrchestration(fixture).RunAsync()).Select(receipt => receipt.Ending)
            .ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);

        fixture.Entries().OfType<TranscriptEntry.UserMessage>().Select(message => message.Content.PlainText())
            .ShouldBe(Enumerable.Range(0, 3).Where(number => number != place).Select(number => $"question {number}"));
        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
        (await fixture.NamesAsync("deadletters/")).ShouldHaveSingleItem();
    });

    [Fact]
    public void AcceptAsync_WhenTheMessageWasSetAside_TheSendersRepeatIsAnswered() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        var path = BlobPath.Parse((await fixture.NamesAsync("inbox/")).ShouldHaveSingleItem());
        await fixture.Outside.ReplaceAsync(path, "no json"u8.ToArray(), (await fixture.Outside.ReadAsync(path, 0, 0, None))!.ETag, None);
        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldBeEmpty();

        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);
    });

    /// <summary>That the receipt stands is the proof that the turn has ended, whatever became of its text.</summary>
    [Fact]
    public void OpenAsync_WhenAReceiptCannotBeRead_TheTurnIsOverAndTheNextIsOpened() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        await fixture.PassAsync(TimeSpan.FromSeconds(1));
        await fixture.AcceptAsync("m2");
        await fixture.Outside.CreateAsync(
            BlobPath.Parse($"receipts/{TurnFixture.Delivery("m1").Turn.Value}.json"), "no json"u8.ToArray(), None);

        (await TurnFixture.OpenAsync(fixture.Start())).RunId.ShouldBe(TurnFixture.RunOf("m2"));
    });

    [Fact]
    public void CollectAsync_WhenSideEntriesCannotBeRead_GivesTheOthersAndSetsThoseAside() => TurnFixture.Run(async fixture =>
    {
        var good = TurnFixture.Lines(Lines.Custom(Lines.By("side", EntrySource.Side)));
        await PutAsync(fixture, "torn", good[..^1], InboxKind.Side);
        await PutAsync(fixture, "empty", Array.Empty<byte>(), InboxKind.Side);
        await PutAsync(fixture, "header", "{\"type\":\"session\",\"version\":3,\"id\":\"x\"}\n"u8.ToArray(), InboxKind.Side);
        await PutAsync(fixture, "two", (byte[])[.. good.Span, .. "no json\n"u8], InboxKind.Side);
        await PutAsync(fixture, "good", good, InboxKind.Side);
        var process = fixture.Start();
        using var owner = await process.ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);

        await process.Drain.DrainAsync(TurnFixture.Key, owner, None);

        fixture.Entries().ShouldHaveSingleItem().Id.ShouldBe(EntryId.OfDelivery(TurnFixture.Delivery("good").Hash));
        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
        (await fixture.NamesAsync("deadletters/")).Count.ShouldBe(4);
    });

    /// <summary>Not one of ours: nobody takes it for a message, and nobody stumbles over it.</summary>
    [Theory]
    [InlineData("20260101T0000000000000Z-m-short.json")]
    [InlineData("20260101T0000000000000Z-m-0123456789abcdef0123456789abcdef\n.json")]
    [InlineData("yesterday-m-0123456789abcdef0123456789abcdef.json")]
    public void OpenAsync_WhenABlobIsNotNamedLikeAPendingOne_PassesItOver(string name) => TurnFixture.Run(async fixture =>
    {
        await fixture.Outside.CreateAsync(BlobPath.Parse(InboxItem.PrefixOf(TurnFixture.Key.Hash) + name), "{}"u8.ToArray(), None);
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();
    });

    private static async Task<BlobPath> PutAsync(
        TurnFixture fixture, string name, ReadOnlyMemory<byte> content, InboxKind kind = InboxKind.Message)
    {
        var path = InboxItem.PathOf(TurnFixture.Key.Hash, fixture.Clock.GetUtcNow(), kind, TurnFixture.Delivery(name).Hash);
        (await fixture.Outside.CreateAsync(path, content, None)).ShouldBeOfType<BlobWriteOutcome.Written>();
        return path;
    }

    private static string MessageJson(
        string sessionKey = "\"agent:main:test:1\"", string deliveryId = "\"d\"", string text = "\"a question\"",
        string replyTo = "{\"channel\":\"stored\"}") =>
        $$"""
        {"deliveryId":{{deliveryId}},"sessionKey":{{sessionKey}},"agentId":"main","text":{{text}},"priority":"User",
         "acceptedAt":"2026-01-01T00:00:00+00:00","replyTo":{{replyTo}},"receivedAt":null}
        """;
}
