using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Inbox;

public sealed class InboxSweeperTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly SessionKey OtherKey = SessionKey.Parse("agent:main:other:1");

    [Fact]
    public void FindAsync_WhenSessionsHaveSeveralMessages_GivesTheOldestOfEach() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("a1");
        await fixture.AcceptAsync("b1", key: OtherKey);
        await fixture.PassAsync(TimeSpan.FromSeconds(1));
        await fixture.AcceptAsync("a2");
        await fixture.PassAsync(TimeSpan.FromMinutes(1));

        var found = await FoundAsync(fixture);

        found.Select(item => item.DeliveryHash)
            .ShouldBe([TurnFixture.Delivery("a1").Hash, TurnFixture.Delivery("b1").Hash], ignoreOrder: true);
    });

    [Theory]
    [InlineData(2.9, 0)]
    [InlineData(3, 1)]
    public void FindAsync_WhenAMessageIsYoung_LeavesItToItsSignal(double seconds, int found) => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("a1");
        await fixture.PassAsync(TimeSpan.FromSeconds(seconds));

        (await FoundAsync(fixture)).Count.ShouldBe(found);
    });

    [Fact]
    public void KeyOfAsync_WhenTheSessionWasNeverOpened_TheMessageTellsIt() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("b1", key: OtherKey);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));
        var item = (await FoundAsync(fixture)).ShouldHaveSingleItem();

        (await Sweeper(fixture).KeyOfAsync(item, None)).ShouldBe(OtherKey);
    });

    [Fact]
    public void KeyOfAsync_WhenOnlyASideEntryWaits_TheDirectoryTellsIt() => TurnFixture.Run(async fixture =>
    {
        await SideAsync(fixture, TurnFixture.Key);
        await SideAsync(fixture, OtherKey);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));
        var found = await FoundAsync(fixture);

        (await Sweeper(fixture).KeyOfAsync(found.Single(item => item.KeyHash == TurnFixture.Key.Hash), None)).ShouldBe(TurnFixture.Key);
        (await Sweeper(fixture).KeyOfAsync(found.Single(item => item.KeyHash == OtherKey.Hash), None))
            .ShouldBeNull("nobody knows this session");
    });

    [Fact]
    public void KeyOfAsync_WhenTheMessageWasTakenMeanwhile_TheDirectoryTellsIt() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("a1");
        await fixture.PassAsync(TimeSpan.FromMinutes(1));
        var item = (await FoundAsync(fixture)).ShouldHaveSingleItem();
        await fixture.Start().Inbox.RemoveAsync(item.Path, item.ETag, None);

        (await Sweeper(fixture).KeyOfAsync(item, None)).ShouldBe(TurnFixture.Key);
    });

    [Fact]
    public void KeyOfAsync_WhenTheMessageCannotBeRead_TheDirectoryTellsIt() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("b1", key: OtherKey);
        var path = Holdfast.Storage.BlobPath.Parse((await fixture.NamesAsync("inbox/")).ShouldHaveSingleItem());
        await fixture.Outside.ReplaceAsync(path, "no json"u8.ToArray(), (await fixture.Outside.ReadAsync(path, 0, 0, None))!.ETag, None);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));

        (await Sweeper(fixture).KeyOfAsync((await FoundAsync(fixture)).ShouldHaveSingleItem(), None)).ShouldBe(OtherKey);
        (await FoundAsync(fixture)).ShouldBeEmpty();
    });

    private static InboxSweeper Sweeper(TurnFixture fixture)
    {
        var process = fixture.Start();
        return new InboxSweeper(process.Inbox, process.Sessions, process.Reader, fixture.Clock);
    }

    [Fact]
    public void IsHeldAsync_WhileATurnIsAtWork_SaysSo() => TurnFixture.Run(async fixture =>
    {
        var process = fixture.Start();
        var sweeper = new InboxSweeper(process.Inbox, process.Sessions, process.Reader, fixture.Clock);
        (await sweeper.IsHeldAsync(TurnFixture.Key, None)).ShouldBeFalse("nobody began");
        using var turn = await process.ClaimAsync(TurnFixture.RunOf("m1"), TurnFixture.Session);

        (await sweeper.IsHeldAsync(TurnFixture.Key, None)).ShouldBeTrue();

        await turn.ReleaseAsync();
        (await sweeper.IsHeldAsync(TurnFixture.Key, None)).ShouldBeFalse();
        (await sweeper.IsHeldAsync(OtherKey, None)).ShouldBeFalse("nobody knows it");
    });

    private static async Task<IReadOnlyList<InboxItem>> FoundAsync(TurnFixture fixture)
    {
        var found = new List<InboxItem>();
        await foreach (var item in Sweeper(fixture).FindAsync(None))
        {
            found.Add(item);
        }

        return found;
    }

    private static Task<bool> SideAsync(TurnFixture fixture, SessionKey key) => fixture.Start().Inbox.AddSideEntryAsync(
        key, TurnFixture.Delivery("side:" + key.Value), fixture.Clock.GetUtcNow(),
        TurnFixture.Lines(Lines.Custom(Lines.By("side", EntrySource.Side))), None);
}
