using Holdfast.Inbox;
using Holdfast.Outbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Inbox;

public sealed class InboxStoreTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void S48_WhenTheSameDeliveryComesThreeTimesAtOnce_ItIsOneMessage() => TurnRig.Run(async rig =>
    {
        var outcomes = await Task.WhenAll(rig.AcceptAsync("d"), rig.AcceptAsync("d"), rig.AcceptAsync("d"));

        outcomes.OfType<AcceptOutcome.Accepted>().ShouldHaveSingleItem();
        outcomes.OfType<AcceptOutcome.Repeated>().Count().ShouldBe(2);
        (await rig.NamesAsync("inbox/")).ShouldHaveSingleItem();
    });

    [Fact]
    public void AcceptAsync_WhenTheIdComesWithAnotherText_IsConflictingAndStoresNothing() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("d", "one");

        (await rig.AcceptAsync("d", "two")).ShouldBeOfType<AcceptOutcome.Conflicting>();
        (await rig.NamesAsync("inbox/")).ShouldHaveSingleItem();
    });

    [Theory]
    [InlineData((int)TapAction.CrashBefore)]
    [InlineData((int)TapAction.CrashAfter)]
    public void AcceptAsync_WhenItDiesBetweenDeliveryAndInbox_TheRepeatMendsIt(int action) => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap { Plan = (call, _) => call.Name.StartsWith("inbox/", StringComparison.Ordinal) ? (TapAction)action : TapAction.Pass };
        await Should.ThrowAsync<CrashException>(() => rig.Start(tap).Inbox.AcceptAsync(TurnRig.Delivery("d"), rig.Message("d", "a question"), None));
        await rig.PassAsync(TimeSpan.FromSeconds(30));

        (await rig.AcceptAsync("d")).ShouldBe(new AcceptOutcome.Repeated(TurnRig.Delivery("d").Turn, IsFinished: false));

        (await rig.NamesAsync("inbox/")).ShouldHaveSingleItem();
        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();
    });

    [Fact]
    public void AcceptAsync_WhenNothingIsOpenedYet_TheSessionCanBeLookedUpAndIsTheOneThatIsOpened() => TurnRig.Run(async rig =>
    {
        var key = SessionKey.Parse("agent:main:test:new");
        await rig.AcceptAsync("d", key: key);

        var found = (await rig.Start().Sessions.FindAsync(key, None)).ShouldNotBeNull();

        (await TurnRig.OpenAsync(rig.Start(), key)).SessionId.ShouldBe(found.SessionId);
    });

    [Theory]
    [InlineData((int)TapAction.CrashBefore)]
    [InlineData((int)TapAction.CrashAfter)]
    public void AcceptAsync_WhenItDiesAtAnyCall_TheRepeatIsOneMessageInOneSession(int action) => TurnRig.Run(async rig =>
    {
        for (var number = 1; ; number++)
        {
            var (name, key) = ($"d{number}", SessionKey.Parse($"agent:main:test:{number}"));
            var tap = new BlobTap { Plan = (_, call) => call == number ? (TapAction)action : TapAction.Pass };
            var dying = rig.Start(tap).Inbox.AcceptAsync(TurnRig.Delivery(name), rig.Message(name, "a question", key: key), None);
            if (await Record.ExceptionAsync(() => dying) is null)
            {
                number.ShouldBe(5, "a read and three writes");
                return;
            }

            await rig.AcceptAsync(name, key: key);

            (await rig.Start().Sessions.FindAsync(key, None)).ShouldNotBeNull();
            (await rig.NamesAsync($"inbox/{key.Hash}/")).ShouldHaveSingleItem();
        }
    });

    /// <summary>The first try died before the message was pending: it was not there when others were taken, so it did not arrive then.</summary>
    [Fact]
    public void AcceptAsync_WhenARepeatMakesItPending_ItKeepsItsAcceptanceAndWasReceivedNow() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap { Plan = (call, _) => call.Name.StartsWith("inbox/", StringComparison.Ordinal) ? TapAction.CrashBefore : TapAction.Pass };
        var first = rig.Message("d", "a question");
        await Should.ThrowAsync<CrashException>(() => rig.Start(tap).Inbox.AcceptAsync(TurnRig.Delivery("d"), first, None));
        await rig.PassAsync(TimeSpan.FromSeconds(30));

        await rig.AcceptAsync("d");

        var pending = await rig.Start().Inbox.ReadMessageAsync(BlobPath.Parse((await rig.NamesAsync("inbox/")).Single()), None);
        pending.ShouldBe(first with { ReceivedAt = first.AcceptedAt + TimeSpan.FromSeconds(30) });
    });

    [Fact]
    public void ReadMessageAsync_WhenATargetHasNoThread_ReadsItBack() => TurnRig.Run(async rig =>
    {
        var message = rig.Message("d", "hi", replyTo: new ReplyTarget.Slack("C1", null));
        await rig.Start().Inbox.AcceptAsync(TurnRig.Delivery("d"), message, None);

        var path = BlobPath.Parse((await rig.NamesAsync("inbox/")).Single());
        (await rig.Start().Inbox.ReadMessageAsync(path, None)).ShouldBe(message);
    });

    [Fact]
    public void S47_WhenFiftyMessagesComeInABurst_AllRunInOrder() => TurnRig.Run(async rig =>
    {
        for (var number = 0; number < 50; number++)
        {
            await rig.AcceptAsync($"m{number}", $"question {number}");
            await rig.PassAsync(TimeSpan.FromMilliseconds(1));
        }

        (await new PlayedOrchestration(rig).RunAsync()).Count.ShouldBe(50);

        rig.Entries().OfType<TranscriptEntry.UserMessage>().Select(message => message.Content.PlainText())
            .ShouldBe(Enumerable.Range(0, 50).Select(number => $"question {number}"));
        rig.Channel.Posts.Count.ShouldBe(50);
    });

    [Fact]
    public void S13_WhenASecondMessageComesDuringATurn_ItIsQueuedAndAnsweredNext() => TurnRig.Run(async rig =>
    {
        rig.Model.Then(PlayedModel.Delta("first "), new Act.Wait(TimeSpan.FromSeconds(45)), PlayedModel.Delta(""), new Act.Call(() => rig.AcceptAsync("m2", "and this?")),
            new Act.Wait(TimeSpan.FromSeconds(45)), PlayedModel.Delta("answer"), PlayedModel.Stop());
        await rig.AcceptAsync("m1");

        var receipts = await new PlayedOrchestration(rig).RunAsync();

        receipts.Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);
        rig.Channel.Posts.Select(post => post.Text).ShouldBe(["first answer", "the answer"]);
        await TurnInvariants.CheckAsync(rig, "m1");
        await TurnInvariants.CheckAsync(rig, "m2");
    });

    [Fact]
    public void S36_WhenATurnHoldsTheSession_ASideWriterIsRefusedByStorageAndTheEntryWaits() => TurnRig.Run(async rig =>
    {
        using var owner = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        await SideAsync(rig, "s1");
        var process = rig.Start();
        var session = (await process.Sessions.FindAsync(TurnRig.Key, None))!;

        (await process.SideWriter.FlushAsync(TurnRig.Key, session, None)).ShouldBeFalse();
        rig.Entries().ShouldBeEmpty();
        (await rig.NamesAsync("inbox/")).ShouldHaveSingleItem();

        await owner.ReleaseAsync();
        (await process.SideWriter.FlushAsync(TurnRig.Key, session, None)).ShouldBeTrue();
        rig.Entries().ShouldHaveSingleItem().Id.ShouldBe(EntryId.OfDelivery(TurnRig.Delivery("s1").Hash));
        rig.Claim()!.Epoch.ShouldBe(1, "a side writer claims nothing");
        (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
    });

    [Fact]
    public void DrainAsync_WhenItDiesBeforeTakingAway_TheEntryStandsOnce() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        await SideAsync(rig, "s1");
        var first = rig.Start(tap);
        using var owner = await first.ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        tap.Plan = (call, _) => call.Verb == BlobVerb.Delete ? TapAction.CrashBefore : TapAction.Pass;
        await Should.ThrowAsync<CrashException>(() => first.Drain.DrainAsync(TurnRig.Key, owner, None));

        var second = rig.Start();
        using var again = await second.ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        await second.Drain.DrainAsync(TurnRig.Key, again, None);

        rig.Entries().ShouldHaveSingleItem();
        (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
    });

    [Fact]
    public void DrainAsync_WhenALineCannotBeReadOrIsUnsigned_NeitherBlocksNorPassesForTheTurn() => TurnRig.Run(async rig =>
    {
        await SideAsync(rig, "bad", "no json"u8.ToArray());
        await SideAsync(rig, "unsigned", TurnRig.Lines(Lines.User(null)));
        var process = rig.Start();
        using var owner = await process.ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);

        await process.Drain.DrainAsync(TurnRig.Key, owner, None);

        rig.Entries().ShouldHaveSingleItem().Stamp!.Source.ShouldBe(EntrySource.Side);
        (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
        (await rig.NamesAsync("deadletters/")).ShouldHaveSingleItem().ShouldContain(TurnRig.Delivery("bad").Hash);
    });

    private static Task<bool> SideAsync(TurnRig rig, string name, ReadOnlyMemory<byte>? line = null) => rig.Start().Inbox.AddSideEntryAsync(
        TurnRig.Key, TurnRig.Delivery(name), rig.Clock.GetUtcNow(), line ?? TurnRig.Lines(Lines.Custom(Lines.By("side", EntrySource.Side))), None);
}
