using Holdfast.Delivery;
using Holdfast.Inbox;
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
    public void S48_WhenTheSameDeliveryComesThreeTimesAtOnce_ItIsOneMessage() => TurnFixture.Run(async fixture =>
    {
        var outcomes = await Task.WhenAll(fixture.AcceptAsync("d"), fixture.AcceptAsync("d"), fixture.AcceptAsync("d"));

        outcomes.OfType<AcceptOutcome.Accepted>().ShouldHaveSingleItem();
        outcomes.OfType<AcceptOutcome.Repeated>().Count().ShouldBe(2);
        (await fixture.NamesAsync("inbox/")).ShouldHaveSingleItem();
    });

    [Fact]
    public void AcceptAsync_WhenTheIdComesWithAnotherText_IsConflictingAndStoresNothing() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("d", "one");

        (await fixture.AcceptAsync("d", "two")).ShouldBeOfType<AcceptOutcome.Conflicting>();
        (await fixture.NamesAsync("inbox/")).ShouldHaveSingleItem();
    });

    [Theory]
    [InlineData((int)TapAction.CrashBefore)]
    [InlineData((int)TapAction.CrashAfter)]
    public void AcceptAsync_WhenItDiesBetweenDeliveryAndInbox_TheRepeatMendsIt(int action) => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap
        {
            Plan = (call, _) => call.Name.StartsWith("inbox/", StringComparison.Ordinal) ? (TapAction)action : TapAction.Pass,
        };
        await Should.ThrowAsync<CrashException>(() => fixture.Start(tap).Inbox.AcceptAsync(fixture.Message("d", "a question"), None));
        await fixture.PassAsync(TimeSpan.FromSeconds(30));

        (await fixture.AcceptAsync("d")).ShouldBe(new AcceptOutcome.Repeated(TurnFixture.Delivery("d").Turn, IsFinished: false));

        (await fixture.NamesAsync("inbox/")).ShouldHaveSingleItem();
        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();
    });

    [Fact]
    public void AcceptAsync_WhenNothingIsOpenedYet_TheSessionCanBeLookedUpAndIsTheOneThatIsOpened() => TurnFixture.Run(async fixture =>
    {
        var key = SessionKey.Parse("agent:main:test:new");
        await fixture.AcceptAsync("d", key: key);

        var found = (await fixture.Start().Sessions.FindAsync(key, None)).ShouldNotBeNull();

        (await TurnFixture.OpenAsync(fixture.Start(), key)).SessionId.ShouldBe(found.SessionId);
    });

    [Theory]
    [InlineData((int)TapAction.CrashBefore)]
    [InlineData((int)TapAction.CrashAfter)]
    public void AcceptAsync_WhenItDiesAtAnyCall_TheRepeatIsOneMessageInOneSession(int action) => TurnFixture.Run(async fixture =>
    {
        for (var number = 1; ; number++)
        {
            var (name, key) = ($"d{number}", SessionKey.Parse($"agent:main:test:{number}"));
            var tap = new BlobTap { Plan = (_, call) => call == number ? (TapAction)action : TapAction.Pass };
            var dying = fixture.Start(tap).Inbox.AcceptAsync(fixture.Message(name, "a question", key: key), None);
            if (await Record.ExceptionAsync(() => dying) is null)
            {
                number.ShouldBe(5, "a read and three writes");
                return;
            }

            await fixture.AcceptAsync(name, key: key);

            (await fixture.Start().Sessions.FindAsync(key, None)).ShouldNotBeNull();
            (await fixture.NamesAsync($"inbox/{key.Hash}/")).ShouldHaveSingleItem();
        }
    });

    [Fact]
    public void AcceptAsync_WhenTheProcessKnowsTheKey_WritesTwiceAndReadsNothing() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        var inbox = fixture.Start(tap).Inbox;
        await inbox.AcceptAsync(fixture.Message("d1", "one"), None);
        var before = tap.Calls.Count;

        await inbox.AcceptAsync(fixture.Message("d2", "two"), None);

        tap.Calls.Skip(before).Select(call => (call.Verb, call.Name.Split('/')[0]))
            .ShouldBe([(BlobVerb.Create, "deliveries"), (BlobVerb.Create, "inbox")]);
    });

    /// <summary>
    /// The first try died before the message was pending: it was not there when others were taken, so it did not arrive then.
    /// </summary>
    [Fact]
    public void AcceptAsync_WhenARepeatMakesItPending_ItKeepsItsAcceptanceAndWasReceivedNow() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap
        {
            Plan = (call, _) => call.Name.StartsWith("inbox/", StringComparison.Ordinal) ? TapAction.CrashBefore : TapAction.Pass,
        };
        var first = fixture.Message("d", "a question");
        await Should.ThrowAsync<CrashException>(() => fixture.Start(tap).Inbox.AcceptAsync(first, None));
        await fixture.PassAsync(TimeSpan.FromSeconds(30));

        await fixture.AcceptAsync("d");

        var pending = await fixture.Start().Inbox.ReadMessageAsync(BlobPath.Parse((await fixture.NamesAsync("inbox/")).Single()), None);
        pending.ShouldBe(first with { ReceivedAt = first.AcceptedAt + TimeSpan.FromSeconds(30) });
    });

    [Fact]
    public void ReadMessageAsync_WhenATargetHasNoThread_ReadsItBack() => TurnFixture.Run(async fixture =>
    {
        var message = fixture.Message("d", "hi", replyTo: new ReplyTarget.Slack("C1", null));
        await fixture.Start().Inbox.AcceptAsync(message, None);

        var path = BlobPath.Parse((await fixture.NamesAsync("inbox/")).Single());
        (await fixture.Start().Inbox.ReadMessageAsync(path, None)).ShouldBe(message);
    });

    [Fact]
    public void S47_WhenFiftyMessagesComeInABurst_AllRunInOrder() => TurnFixture.Run(async fixture =>
    {
        for (var number = 0; number < 50; number++)
        {
            await fixture.AcceptAsync($"m{number}", $"question {number}");
            await fixture.PassAsync(TimeSpan.FromMilliseconds(1));
        }

        (await new SimulatedOrchestration(fixture).RunAsync()).Count.ShouldBe(50);

        fixture.Entries().OfType<TranscriptEntry.UserMessage>().Select(message => message.Content.PlainText())
            .ShouldBe(Enumerable.Range(0, 50).Select(number => $"question {number}"));
        fixture.Channel.Posts.Count.ShouldBe(50);
    });

    [Fact]
    public void S13_WhenASecondMessageComesDuringATurn_ItIsQueuedAndAnsweredNext() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Then(
            SimulatedModel.Delta("first "), new Act.Wait(TimeSpan.FromSeconds(45)), SimulatedModel.Delta(""),
            new Act.Call(() => fixture.AcceptAsync("m2", "and this?")),
            new Act.Wait(TimeSpan.FromSeconds(45)), SimulatedModel.Delta("answer"), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");

        var receipts = await new SimulatedOrchestration(fixture).RunAsync();

        receipts.Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);
        fixture.Channel.Posts.Select(post => post.Text).ShouldBe(["first answer", "the answer"]);
        await TurnInvariants.CheckAsync(fixture, "m1");
        await TurnInvariants.CheckAsync(fixture, "m2");
    });

    [Fact]
    public void S36_WhenATurnHoldsTheSession_ASideWriterIsRefusedByStorageAndTheEntryWaits() => TurnFixture.Run(async fixture =>
    {
        using var owner = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await SideAsync(fixture, "s1");
        var process = fixture.Start();
        var session = (await process.Sessions.FindAsync(TurnFixture.Key, None))!;

        (await process.SideWriter.FlushAsync(TurnFixture.Key, session, None)).ShouldBeFalse();
        fixture.Entries().ShouldBeEmpty();
        (await fixture.NamesAsync("inbox/")).ShouldHaveSingleItem();

        await owner.ReleaseAsync();
        (await process.SideWriter.FlushAsync(TurnFixture.Key, session, None)).ShouldBeTrue();
        fixture.Entries().ShouldHaveSingleItem().Id.ShouldBe(EntryId.OfDelivery(TurnFixture.Delivery("s1").Hash));
        fixture.Claim()!.Epoch.ShouldBe(1, "a side writer claims nothing");
        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
    });

    [Fact]
    public void DrainAsync_WhenItDiesBeforeTakingAway_TheEntryStandsOnce() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        await SideAsync(fixture, "s1");
        var first = fixture.Start(tap);
        using var owner = await first.ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        tap.Plan = (call, _) => call.Verb == BlobVerb.Delete ? TapAction.CrashBefore : TapAction.Pass;
        await Should.ThrowAsync<CrashException>(() => first.Drain.DrainAsync(TurnFixture.Key, owner, None));

        var second = fixture.Start();
        using var again = await second.ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await second.Drain.DrainAsync(TurnFixture.Key, again, None);

        fixture.Entries().ShouldHaveSingleItem();
        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
    });

    [Fact]
    public void DrainAsync_WhenALineCannotBeReadOrIsUnsigned_NeitherBlocksNorPassesForTheTurn() => TurnFixture.Run(async fixture =>
    {
        await SideAsync(fixture, "bad", "no json"u8.ToArray());
        await SideAsync(fixture, "unsigned", TurnFixture.Lines(Lines.User(null)));
        var process = fixture.Start();
        using var owner = await process.ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);

        await process.Drain.DrainAsync(TurnFixture.Key, owner, None);

        fixture.Entries().ShouldHaveSingleItem().Provenance!.Source.ShouldBe(EntrySource.Side);
        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
        (await fixture.NamesAsync("deadletters/")).ShouldHaveSingleItem().ShouldContain(TurnFixture.Delivery("bad").Hash);
    });

    private static Task<bool> SideAsync(TurnFixture fixture, string name, ReadOnlyMemory<byte>? line = null) =>
        fixture.Start().Inbox.AddSideEntryAsync(
            TurnFixture.Key,
            TurnFixture.Delivery(name),
            fixture.Clock.GetUtcNow(),
            line ?? TurnFixture.Lines(Lines.Custom(Lines.By("side", EntrySource.Side))),
            None);
}
