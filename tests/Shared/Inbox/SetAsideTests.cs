using System.Text;
using Holdfast.Inbox;
using Holdfast.Outbox;
using Holdfast.Storage;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Inbox;

/// <summary>What lies in an inbox and cannot be read stops nobody: it is set aside where it is seen, and what is behind it goes on.</summary>
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
        MessageJson(agentId: "7"),
        MessageJson(replyTo: "{}"),
        MessageJson(replyTo: "{\"channel\":\"pigeon\"}"),
        MessageJson(sessionKey: "\"no key\""),
        MessageJson(sessionKey: "\"agent:main:test:1\\n\""),
        MessageJson(sessionKey: "\"agent:main:another:1\""));

    [Theory]
    [MemberData(nameof(NoMessages))]
    public void ReadMessageAsync_WhenItIsNoMessageOfTheSession_SetsItAsideAndSaysSo(string content) => TurnRig.Run(async rig =>
    {
        var path = await PutAsync(rig, "bad", Encoding.UTF8.GetBytes(content));

        (await rig.Start().Inbox.ReadMessageAsync(path, None)).ShouldBeNull();

        (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
        var aside = BlobPath.Parse((await rig.NamesAsync("deadletters/")).ShouldHaveSingleItem());
        aside.Value["deadletters/".Length..].ShouldBe(path.Value["inbox/".Length..]);
        Encoding.UTF8.GetString((await rig.Outside.ReadAsync(aside, 0, null, None))!.Content.Span).ShouldBe(content);
        (await rig.Start().Inbox.CountSetAsideAsync(TurnRig.Key, None)).ShouldBe(1);
        rig.Log.Lines.ShouldContain(line => line.Level == LogLevel.Error && line.Text.Contains(aside.Value, StringComparison.Ordinal));
    });

    [Fact]
    public void ReadMessageAsync_WhenItIsAMessage_LeavesItWhereItIs() => TurnRig.Run(async rig =>
    {
        var path = await PutAsync(rig, "good", Encoding.UTF8.GetBytes(MessageJson()));

        (await rig.Start().Inbox.ReadMessageAsync(path, None)).ShouldNotBeNull().Text.ShouldBe("a question");

        (await rig.NamesAsync("deadletters/")).ShouldBeEmpty();
    });

    [Theory]
    [InlineData((int)TapAction.CrashBefore)]
    [InlineData((int)TapAction.CrashAfter)]
    public void ReadMessageAsync_WhenItDiesAtAnyCall_TheNextSetsItAsideOnce(int action) => TurnRig.Run(async rig =>
    {
        for (var number = 1; ; number++)
        {
            var path = await PutAsync(rig, $"bad{number}", "no json"u8.ToArray());
            var tap = new BlobTap { Plan = (_, call) => call == number ? (TapAction)action : TapAction.Pass };
            var dying = await Record.ExceptionAsync(() => rig.Start(tap).Inbox.ReadMessageAsync(path, None));
            await rig.Start().Inbox.ReadMessageAsync(path, None);

            (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
            (await rig.NamesAsync("deadletters/")).Count.ShouldBe(number);
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
    public void RunAsync_WhenAMessageCannotBeRead_TheOthersAreAnswered(int place) => TurnRig.Run(async rig =>
    {
        for (var number = 0; number < 3; number++)
        {
            await rig.AcceptAsync($"m{number}", $"question {number}");
            await rig.PassAsync(TimeSpan.FromSeconds(1));
        }

        var path = BlobPath.Parse((await rig.NamesAsync("inbox/"))[place]);
        await rig.Outside.ReplaceAsync(path, "no json"u8.ToArray(), (await rig.Outside.ReadAsync(path, 0, 0, None))!.ETag, None);

        (await new PlayedOrchestration(rig).RunAsync()).Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);

        rig.Entries().OfType<TranscriptEntry.UserMessage>().Select(message => message.Content.PlainText())
            .ShouldBe(Enumerable.Range(0, 3).Where(number => number != place).Select(number => $"question {number}"));
        (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
        (await rig.NamesAsync("deadletters/")).ShouldHaveSingleItem();
    });

    [Fact]
    public void AcceptAsync_WhenTheMessageWasSetAside_TheSendersRepeatIsAnswered() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        var path = BlobPath.Parse((await rig.NamesAsync("inbox/")).ShouldHaveSingleItem());
        await rig.Outside.ReplaceAsync(path, "no json"u8.ToArray(), (await rig.Outside.ReadAsync(path, 0, 0, None))!.ETag, None);
        (await new PlayedOrchestration(rig).RunAsync()).ShouldBeEmpty();

        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);
    });

    /// <summary>That the receipt stands is the proof that the turn has ended, whatever became of its text.</summary>
    [Fact]
    public void OpenAsync_WhenAReceiptCannotBeRead_TheTurnIsOverAndTheNextIsOpened() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        await rig.PassAsync(TimeSpan.FromSeconds(1));
        await rig.AcceptAsync("m2");
        await rig.Outside.CreateAsync(BlobPath.Parse($"receipts/{TurnRig.Delivery("m1").Turn.Value}.json"), "no json"u8.ToArray(), None);

        (await TurnRig.OpenAsync(rig.Start())).Run().ShouldBe(TurnRig.RunOf("m2"));
    });

    [Fact]
    public void CollectAsync_WhenSideEntriesCannotBeReadOrDoNotFit_GivesTheOthersAndSetsThoseAside() => TurnRig.Run(async rig =>
    {
        var good = TurnRig.Lines(Lines.Custom(Lines.By("side", EntrySource.Side)));
        await PutAsync(rig, "torn", good[..^1], InboxKind.Side);
        await PutAsync(rig, "empty", Array.Empty<byte>(), InboxKind.Side);
        await PutAsync(rig, "header", "{\"type\":\"session\",\"version\":3,\"id\":\"x\"}\n"u8.ToArray(), InboxKind.Side);
        await PutAsync(rig, "two", (byte[])[.. good.Span, .. "no json\n"u8], InboxKind.Side);
        await PutAsync(rig, "large", TurnRig.Lines(Lines.Assistant(Lines.By("side", EntrySource.Side), new string('x', 5 * 1024 * 1024))), InboxKind.Side);
        await PutAsync(rig, "good", good, InboxKind.Side);
        var process = rig.Start();
        using var owner = await process.ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);

        await process.Drain.DrainAsync(TurnRig.Key, owner, None);

        rig.Entries().ShouldHaveSingleItem().Id.ShouldBe(EntryId.OfDelivery(TurnRig.Delivery("good").Hash));
        (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
        (await rig.NamesAsync("deadletters/")).Count.ShouldBe(5);
    });

    /// <summary>Not one of ours: nobody takes it for a message, and nobody stumbles over it.</summary>
    [Theory]
    [InlineData("20260101T0000000000000Z-m-short.json")]
    [InlineData("20260101T0000000000000Z-m-0123456789abcdef0123456789abcdef\n.json")]
    [InlineData("yesterday-m-0123456789abcdef0123456789abcdef.json")]
    public void OpenAsync_WhenABlobIsNotNamedLikeAPendingOne_PassesItOver(string name) => TurnRig.Run(async rig =>
    {
        await rig.Outside.CreateAsync(BlobPath.Parse(InboxItem.PrefixOf(TurnRig.Key.Hash) + name), "{}"u8.ToArray(), None);
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();
    });

    private static async Task<BlobPath> PutAsync(TurnRig rig, string name, ReadOnlyMemory<byte> content, InboxKind kind = InboxKind.Message)
    {
        var path = InboxItem.PathOf(TurnRig.Key.Hash, rig.Clock.GetUtcNow(), kind, TurnRig.Delivery(name).Hash);
        (await rig.Outside.CreateAsync(path, content, None)).ShouldBeOfType<BlobWriteOutcome.Written>();
        return path;
    }

    private static string MessageJson(
        string sessionKey = "\"agent:main:test:1\"", string agentId = "\"main\"", string text = "\"a question\"", string replyTo = "{\"channel\":\"stored\"}") =>
        $$"""{"deliveryId":"d","sessionKey":{{sessionKey}},"agentId":{{agentId}},"text":{{text}},"priority":"User","acceptedAt":"2026-01-01T00:00:00+00:00","replyTo":{{replyTo}},"receivedAt":null}""";
}
