using Holdfast.Inbox;
using Holdfast.Storage;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Inbox;

public sealed class RecentMessagesTests
{
    private static readonly BlobETag First = BlobETag.Parse("\"1\"");
    private static readonly BlobETag Second = BlobETag.Parse("\"2\"");

    /// <summary>Room for two short messages.</summary>
    private const long Two = 2000;

    [Fact]
    public void Find_WhenTheVersionIsAnother_HoldsNothing()
    {
        var recent = new RecentMessages(10_000);
        recent.Keep(PathOf(1), First, Message("text"));

        recent.Find(PathOf(1), First).ShouldNotBeNull().Text.ShouldBe("text");
        recent.Find(PathOf(1), Second).ShouldBeNull();
        recent.Find(PathOf(2), First).ShouldBeNull();
    }

    [Fact]
    public void Keep_WhenTheTextIsTooMuch_LetsTheOldestGo()
    {
        var recent = new RecentMessages(Two);
        for (var number = 1; number <= 3; number++)
        {
            recent.Keep(PathOf(number), First, Message("12345"));
        }

        Held(recent, 3).ShouldBe([2, 3]);
    }

    [Fact]
    public void Keep_WhenAPathIsKeptAgain_CountsItOnceAndHoldsTheNewVersion()
    {
        var recent = new RecentMessages(Two);
        recent.Keep(PathOf(1), Second, Message("12345"));
        for (var time = 0; time < 5; time++)
        {
            recent.Keep(PathOf(1), First, Message("12345"));
        }

        recent.Keep(PathOf(2), First, Message("12345"));

        Held(recent, 2).ShouldBe([1, 2]);
    }

    [Fact]
    public void Forget_WhenMessagesAreTakenAway_GivesTheirRoomBack()
    {
        var recent = new RecentMessages(Two);
        recent.Keep(PathOf(1), First, Message("12345"));
        recent.Keep(PathOf(2), First, Message("12345"));

        recent.Forget(PathOf(1));
        recent.Forget(PathOf(1));
        recent.Keep(PathOf(3), First, Message("12345"));

        Held(recent, 3).ShouldBe([2, 3]);
    }

    [Fact]
    public void Keep_WhenOneMessageIsTooLong_HoldsNothingOfIt()
    {
        var recent = new RecentMessages(Two);

        recent.Keep(PathOf(1), First, Message(new string('x', 2000)));

        Held(recent, 1).ShouldBeEmpty();
    }

    private static int[] Held(RecentMessages recent, int upTo) =>
        [.. Enumerable.Range(1, upTo).Where(number => recent.Find(PathOf(number), First) is not null)];

    private static BlobPath PathOf(int number) => BlobPath.Parse($"inbox/k/{number}.json");

    private static InboundMessage Message(string text) =>
        new("d", "agent:main:test:1", "main", text, MessagePriority.User, default, new ReplyTarget.Stored());
}
