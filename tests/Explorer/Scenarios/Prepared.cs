using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Models.Compactions;
using Holdfast.Sessions;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Transcripts;
using Holdfast.Turns;

namespace Holdfast.Tests.Explorer.Scenarios;

/// <summary>A store with one session and what the app itself put there, and the turns that were opened.</summary>
internal sealed class Prepared
{
    private readonly Deployment _deployment;

    private Prepared()
    {
        var clock = new FrozenClock();
        var ids = 0;
        Store = new MemoryBlobStore(clock);
        _deployment = new Deployment(new DeploymentDependencies(
            Parts.OneDeployment,
            new MemoryBlobContainer(Store),
            clock,
            new IdSource(() => new Guid(0x7FFF, 0, 0, BitConverter.GetBytes((long)++ids))),
            new ConversationCache(1_000_000),
            NoChannels.Instance,
            new ScriptedModel(clock, TimeSpan.Zero)));
    }

    public static SessionKey Key { get; } = SessionKey.Parse("agent:main:explorer");

    public MemoryBlobStore Store { get; }

    public SessionRecord Session { get; private set; } = null!;

    /// <summary>One for each message, in order.</summary>
    public List<TurnReference> Turns { get; } = [];

    public static DeliveryId DeliveryOf(int number) => DeliveryId.Parse($"message-{number}");

    public static InboundMessage MessageOf(int number) => new(
        DeliveryOf(number), Key, $"question {number}", MessagePriority.User, Timeline.Start.AddSeconds(number - 10),
        new ReplyTarget.Slack("C1", null),
        Timeline.Start.AddSeconds(number - 10));

    /// <summary>
    /// A session that exists, with these many messages in its inbox; each is opened, as two deployments would at the same time.
    /// </summary>
    public static Prepared With(int messages) => With(first: 1, messages);

    /// <summary>The second message is in the inbox; its platform took the first one earlier, and has not delivered it yet.</summary>
    public static Prepared WithNewer() => With(first: 2, last: 2);

    private static Prepared With(int first, int last)
    {
        var prepared = new Prepared();
        prepared.Session = prepared._deployment.Sessions.ResolveAsync(Key, CancellationToken.None).GetAwaiter().GetResult();
        for (var number = first; number <= last; number++)
        {
            prepared._deployment.Inbox.AcceptAsync(MessageOf(number), CancellationToken.None).GetAwaiter().GetResult();
        }

        prepared.Turns.AddRange(prepared.Open());
        return prepared;
    }

    /// <summary>The first turn's answer stands in the transcript, and its run holds the lease.</summary>
    public static Prepared Answered(int messages = 1)
    {
        var prepared = With(messages);
        prepared.Step(prepared.Turns[0]);
        return prepared;
    }

    /// <summary>A prompt of one turn is small enough; one of two is summed up.</summary>
    public static CompactionSettings SmallPrompts { get; } = new() { AtShare = 0.0003, KeepShare = 0 };

    /// <summary>An earlier turn stands in the transcript, its lease is free, and the next message is opened.</summary>
    public static Prepared WithHistory()
    {
        var prepared = With(messages: 2);
        var (earlier, blobs) = (prepared.Turns[0], new MemoryBlobContainer(prepared.Store));
        prepared.Step(earlier);
        var segment = TranscriptPaths.Segment(earlier.SessionId, 0);
        blobs.ReleaseLeaseAsync(segment, prepared._deployment.Leases.LeaseOf(earlier.RunId), CancellationToken.None)
            .GetAwaiter()
            .GetResult();
        prepared.Turns.RemoveAt(0);
        return prepared;
    }

    private void Step(TurnReference turn)
    {
        var course = new TurnCourse(Key, null, null, IsTerminated: false) { Turn = turn };
        var (_, held) = _deployment.Step.RunAsync(course, message: null, CancellationToken.None).GetAwaiter().GetResult();
        held?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private IEnumerable<TurnReference> Open()
    {
        var course = new TurnCourse(Key, null, null, IsTerminated: false);
        var first = _deployment.Opener.OpenAsync(course, CancellationToken.None).GetAwaiter().GetResult()?.Turn;
        if (first is null)
        {
            yield break;
        }

        var rows = new MemoryBlobContainer(Store).ListAsync(InboxItem.PrefixOf(Key.Hash), CancellationToken.None).ToBlockingEnumerable();
        foreach (var item in rows.Select(row => InboxItem.Parse(row)!).ToList())
        {
            yield return first with
            {
                RunId = RunId.First(TurnId.Parse(item.DeliveryHash)),
                InboxPath = item.Path,
                InboxETag = item.ETag,
                AcceptedAt = item.AcceptedAt,
            };
        }
    }

    private sealed class FrozenClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Timeline.Start;

        public override long GetTimestamp() => Timeline.Start.UtcTicks;
    }

    private sealed class NoChannels : IReplyChannels
    {
        public static NoChannels Instance { get; } = new();

        public IReplyChannel? Find(ReplyTarget target) => null;
    }
}
