using Holdfast.Sessions;
using Holdfast.Tests.Models;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Transcripts;

public sealed class ConversationCacheTests
{
    private static readonly SessionId[] Sessions =
        [.. Enumerable.Range(1, 3).Select(number => SessionId.Parse(new Guid(number, 0, 0, new byte[8]).ToString()))];

    [Fact]
    public void Find_WhenNothingIsCached_SaysSo() => new ConversationCache(100_000).Find(Sessions[0], 0).ShouldBeNull();

    [Fact]
    public void Find_WhenAnotherSegmentIsCached_KeepsThemApart()
    {
        var cache = new ConversationCache(100_000);
        cache.Store(Sessions[0], 0, Saying("old"), 10);
        cache.Store(Sessions[0], 1, Saying("new"), 20);

        cache.Find(Sessions[0], 0)?.Length.ShouldBe(10);
        cache.Find(Sessions[0], 1)?.Length.ShouldBe(20);
        cache.Find(Sessions[1], 0).ShouldBeNull();
    }

    [Fact]
    public void Store_WhenTheTextIsTooMuch_LetsTheLongestUnusedGo()
    {
        var cache = new ConversationCache(Two);
        cache.Store(Sessions[0], 0, Saying("12345"), 1);
        cache.Store(Sessions[1], 0, Saying("12345"), 2);
        cache.Find(Sessions[0], 0);

        cache.Store(Sessions[2], 0, Saying("12345"), 3);

        Sessions.Select(session => cache.Find(session, 0)?.Length).ShouldBe([1, null, 3]);
    }

    [Fact]
    public void Store_WhenASessionGrows_CountsItOnce()
    {
        var cache = new ConversationCache(Two);
        for (var length = 1; length <= 5; length++)
        {
            cache.Store(Sessions[0], 0, Saying("12345"), length);
        }

        cache.Store(Sessions[1], 0, Saying("12345"), 1);

        cache.Find(Sessions[0], 0)?.Length.ShouldBe(5);
    }

    [Fact]
    public void Store_WhenOneConversationIsAboveTheBound_IsHeldAlone()
    {
        var cache = new ConversationCache(Two);
        cache.Store(Sessions[0], 0, Saying("12345"), 1);
        cache.Store(Sessions[1], 0, Saying(new string('x', 5000)), 2);

        Sessions.Select(session => cache.Find(session, 0)?.Length)
            .ShouldBe([null, 2, null], "the session at work is not read whole each time");
    }

    [Fact]
    public void ReadAsync_WhenTheSegmentIsShorterThanWhatIsCached_StartsOver() => TurnFixture.Run(async fixture =>
    {
        var process = fixture.Start();
        using var owner = await process.ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await owner.AppendAsync([Lines.User(null, "what is there")], CancellationToken.None);
        var cache = new ConversationCache(100_000);
        cache.Store(TurnFixture.Session, 0, Saying("of a file that was replaced"), 1_000_000);

        var view =
            (await new TranscriptReader(fixture.Outside, cache).ReadAsync(TurnFixture.Session, 0, CancellationToken.None))
            .ShouldNotBeNull();

        view.Conversation.Entries.ShouldHaveSingleItem().ShouldBeOfType<TranscriptEntry.UserMessage>().Content.PlainText()
            .ShouldBe("what is there");
    });

    /// <summary>Room for two short conversations.</summary>
    private const long Two = 4000;

    private static Conversation Saying(string text) => PromptSamples.Conversation(PromptSamples.User(text));
}
