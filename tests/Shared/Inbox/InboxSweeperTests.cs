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
    public void FindAsync_WhenSessionsHaveSeveralMessages_GivesTheOldestOfEach() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("a1");
        await rig.AcceptAsync("b1", key: OtherKey);
        await rig.PassAsync(TimeSpan.FromSeconds(1));
        await rig.AcceptAsync("a2");
        await rig.PassAsync(TimeSpan.FromMinutes(1));

        var found = await FoundAsync(rig);

        found.Select(item => item.DeliveryHash).ShouldBe([TurnRig.Delivery("a1").Hash, TurnRig.Delivery("b1").Hash], ignoreOrder: true);
    });

    [Theory]
    [InlineData(2.9, 0)]
    [InlineData(3, 1)]
    public void FindAsync_WhenAMessageIsYoung_LeavesItToItsSignal(double seconds, int found) => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("a1");
        await rig.PassAsync(TimeSpan.FromSeconds(seconds));

        (await FoundAsync(rig)).Count.ShouldBe(found);
    });

    [Fact]
    public void KeyOfAsync_WhenTheSessionWasNeverOpened_TheMessageTellsIt() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("b1", key: OtherKey);
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        var item = (await FoundAsync(rig)).ShouldHaveSingleItem();

        (await Sweeper(rig).KeyOfAsync(item, None)).ShouldBe(OtherKey);
    });

    [Fact]
    public void KeyOfAsync_WhenOnlyASideEntryWaits_TheDirectoryTellsIt() => TurnRig.Run(async rig =>
    {
        await SideAsync(rig, TurnRig.Key);
        await SideAsync(rig, OtherKey);
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        var found = await FoundAsync(rig);

        (await Sweeper(rig).KeyOfAsync(found.Single(item => item.KeyHash == TurnRig.Key.Hash), None)).ShouldBe(TurnRig.Key);
        (await Sweeper(rig).KeyOfAsync(found.Single(item => item.KeyHash == OtherKey.Hash), None)).ShouldBeNull("nobody knows this session");
    });

    [Fact]
    public void KeyOfAsync_WhenTheMessageWasTakenMeanwhile_TheDirectoryTellsIt() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("a1");
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        var item = (await FoundAsync(rig)).ShouldHaveSingleItem();
        await rig.Start().Inbox.RemoveAsync(item.Path, item.ETag, None);

        (await Sweeper(rig).KeyOfAsync(item, None)).ShouldBe(TurnRig.Key);
    });

    [Fact]
    public void KeyOfAsync_WhenTheMessageCannotBeRead_TheDirectoryTellsIt() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("b1", key: OtherKey);
        var path = Holdfast.Storage.BlobPath.Parse((await rig.NamesAsync("inbox/")).ShouldHaveSingleItem());
        await rig.Outside.ReplaceAsync(path, "no json"u8.ToArray(), (await rig.Outside.ReadAsync(path, 0, 0, None))!.ETag, None);
        await rig.PassAsync(TimeSpan.FromMinutes(1));

        (await Sweeper(rig).KeyOfAsync((await FoundAsync(rig)).ShouldHaveSingleItem(), None)).ShouldBe(OtherKey);
        (await FoundAsync(rig)).ShouldBeEmpty();
    });

    private static InboxSweeper Sweeper(TurnRig rig)
    {
        var process = rig.Start();
        return new InboxSweeper(process.Inbox, process.Sessions, process.Reader, rig.Clock);
    }

    [Fact]
    public void IsHeldAsync_WhileATurnIsAtWork_SaysSo() => TurnRig.Run(async rig =>
    {
        var process = rig.Start();
        var sweeper = new InboxSweeper(process.Inbox, process.Sessions, process.Reader, rig.Clock);
        (await sweeper.IsHeldAsync(TurnRig.Key, None)).ShouldBeFalse("nobody began");
        using var turn = await process.ClaimAsync(TurnRig.RunOf("m1"), TurnRig.Session);

        (await sweeper.IsHeldAsync(TurnRig.Key, None)).ShouldBeTrue();

        await turn.ReleaseAsync();
        (await sweeper.IsHeldAsync(TurnRig.Key, None)).ShouldBeFalse();
        (await sweeper.IsHeldAsync(OtherKey, None)).ShouldBeFalse("nobody knows it");
    });

    private static async Task<IReadOnlyList<InboxItem>> FoundAsync(TurnRig rig)
    {
        var found = new List<InboxItem>();
        await foreach (var item in Sweeper(rig).FindAsync(None))
        {
            found.Add(item);
        }

        return found;
    }

    private static Task<bool> SideAsync(TurnRig rig, SessionKey key) => rig.Start().Inbox.AddSideEntryAsync(
        key, TurnRig.Delivery("side:" + key.Value), rig.Clock.GetUtcNow(), TurnRig.Lines(Lines.Custom(Lines.By("side", EntrySource.Side))), None);
}
