using System.Runtime.CompilerServices;
using System.Text.Json;
using Holdfast.Sessions;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Transcripts;

/// <summary>What caches hold is measured: the heap, with everything else of the process at rest.</summary>
[CollectionDefinition(nameof(HeldMemoryTests), DisableParallelization = true)]
[Collection(nameof(HeldMemoryTests))]
public sealed class HeldMemoryTests
{
    private const long Bound = 16 * 1024 * 1024;

    private static readonly Dictionary<string, TranscriptEntry[]> Sessions = new()
    {
        ["one word"] = [User("hi")],
        ["nothing"] = [],
        ["a turn"] = [User("what is it?"), Answer("this"), Mirror(), User("and that?"), Answer("no")],
        ["tools"] =
        [
            User("look"),
            .. Enumerable.Range(0, 20).SelectMany(number => new TranscriptEntry[]
            {
                Call($"c{number}", """{"command":"ls","arguments":["-l","a","b",1,2,3]}"""),
                new TranscriptEntry.ToolResult($"c{number}", "exec", [new ContentBlock.Text("a b c")], false)
                {
                    Id = Id(),
                    WrittenAt = default,
                    Provenance = Provenance(),
                },
            }),
        ],
        ["numbers"] = [Call("c1", $"[{string.Join(',', Enumerable.Repeat(1, 1000))}]")],
        ["parts"] =
        [
            User("go on"),
            .. Enumerable.Range(0, 100)
                .Select(_ => new TranscriptEntry.StreamedText(0, "and ") { Id = Id(), WrittenAt = default, Provenance = Provenance() }),
        ],
        ["long text"] = [User(new string('x', 100_000))],
    };

    private static int _ids;

    public static TheoryData<string> Kinds => [.. Sessions.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ConversationCache_WhenFilledWithManySessions_HoldsNoMoreThanItsBound(string kind)
    {
        var lines = TurnFixture.Lines(Sessions[kind]);
        Measure((int)(4 * Bound / (1000 + (4 * lines.Length))), () => new ConversationCache(Bound), (cache, number) =>
        {
            // As a reader makes it: from bytes, so that no session shares a text with another.
            var conversation = Conversation.Empty.Apply(TranscriptLineParser.Parse(lines).In(0, 0));
            cache.Store(SessionId.Parse(new Guid(number, 0, 0, new byte[8]).ToString()), 0, conversation, lines.Length);
        });
    }

    [Fact]
    public void ConversationCache_WhenFilledWithManySealedSegments_HoldsNoMoreThanItsBound() => Measure(
        40_000,
        () => new ConversationCache(Bound),
        (cache, number) => cache.StoreSealed(SessionId.Parse(new Guid(number, 0, 0, new byte[8]).ToString()), 0, Conversation.Empty));

    /// <summary>What goes with the cache is what it held: two looks in a row, so that nothing else of the process comes between.</summary>
    /// <param name="count">Some times more than there is room for.</param>
    private static void Measure<T>(int count, Func<T> create, Action<T, int> add)
        where T : class
    {
        var cache = Filled(count, create, add);
        var with = Settled();
        cache.Value = null;
        var held = with - Settled();

        held.ShouldBeLessThan(Bound + (Bound / 50), "the rest of the process is not quite at rest");
        held.ShouldBeGreaterThan(Bound / 4, "and it makes use of it");
    }

    /// <summary>In a method of its own, or a register would still know the cache.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static StrongBox<T?> Filled<T>(int count, Func<T> create, Action<T, int> add)
        where T : class
    {
        var cache = create();
        for (var number = 1; number <= count; number++)
        {
            add(cache, number);
        }

        return new StrongBox<T?>(cache);
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static EntryId Id() => EntryId.Parse($"{++_ids:D16}");

    private static Provenance Provenance() => Lines.By("0123456789abcdef0123456789abcdef.1");

    private static TranscriptEntry.UserMessage User(string text) => Lines.User(Provenance(), text, Id().Value);

    private static TranscriptEntry.AssistantMessage Answer(string text) => Lines.Assistant(Provenance(), text, id: Id().Value);

    private static TranscriptEntry.AssistantMessage Call(string id, string arguments) =>
        Answer("") with { Content = [new ContentBlock.ToolCall(id, "exec", JsonElement.Parse(arguments))] };

    private static TranscriptEntry.Custom Mirror() => Lines.Custom(Provenance(), Id().Value);
}
