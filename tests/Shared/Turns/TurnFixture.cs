using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Models;
using Holdfast.Tests.Support;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Shouldly;

namespace Holdfast.Tests.Turns;

/// <summary>
/// A world for turns: one storage, one clock, one model, one channel, one agent, and as many processes as a test starts. It watches the
/// transcript after every call: each snapshot must be a prefix of the next (I6).
/// </summary>
internal sealed class TurnFixture : IAgentDirectory
{
    public static readonly SessionKey Key = SessionKey.Parse("agent:main:test:1");
    public static readonly SessionId Session = SessionId.Parse("11111111111111111111111111111111");
    public static readonly BlobPath Segment = TranscriptPaths.Segment(Session, 0);

    private int _guids;
    private int _marks;
    private readonly List<(byte[] Bytes, bool IsSealed)> _snapshots = [];

    private TurnFixture(int maxBlocks)
    {
        Store = new MemoryBlobStore(Clock) { MaxBlocks = maxBlocks };
        Model = new SimulatedModel(Clock);
        Ids = new IdSource(() => new Guid(Interlocked.Increment(ref _guids), 0, 0, new byte[8]));
        Outside = new MemoryBlobContainer(Store);
        Agent = new AgentProfile
        {
            Id = "main",
            System = "You help.",
            Models = [ScriptedModel.Profile("first")],
            Fallback = FallbackSettings.Default with { MaxAttemptsPerModel = 4, MaxBackoff = TimeSpan.FromSeconds(20) },
            MaxToolRounds = 8,
        };
    }

    public ManualClock Clock { get; } = new();

    public MemoryBlobStore Store { get; }

    public SimulatedModel Model { get; }

    public RecordingChannel Channel { get; } = new();

    public IdSource Ids { get; }

    public LogList Log { get; } = new();

    public LeaseOptions Leases { get; } = new();

    public TurnOptions Turns { get; } = new();

    public TranscriptOptions Transcripts { get; } = new();

    public AgentProfile Agent { get; set; }

    /// <summary>Model calls that a process makes at once.</summary>
    public int ConcurrentCalls { get; set; } = 8;

    /// <summary>A way to storage that no tap stands at: the test's own hand.</summary>
    public IBlobContainer Outside { get; }

    /// <summary>Each time another process than the newest is to be started, with what its tap does.</summary>
    public static void Run(Func<TurnFixture, Task> test, int maxBlocks = BlobLimits.MaxBlocks)
    {
        var fixture = new TurnFixture(maxBlocks);
        DrivenRun.Run(fixture.Clock, async () =>
        {
            await fixture.NameAsync(Key, Session);
            await test(fixture);
        });
    }

    /// <summary>Lets a key mean a session; several may mean the same one.</summary>
    public Task NameAsync(SessionKey key, SessionId session) => Outside.CreateAsync(
        BlobPath.Parse($"keys/{key.Hash}.json"),
        Encoding.UTF8.GetBytes(
            $$"""{"sessionKey":"{{key.Value}}","sessionId":"{{session.Value}}","lifecycleRevision":1,"activeSegment":0}"""),
        CancellationToken.None);

    public AgentProfile? Find(string agentId) => agentId == Agent.Id ? Agent : null;

    /// <param name="deployment">Null for the one that all others are of.</param>
    public TurnProcess Start(BlobTap? tap = null, string? deployment = null) =>
        new(this, tap ?? new BlobTap(), deployment is null ? Leases : new LeaseOptions { Deployment = deployment });

    /// <summary>A mark for an execution of an orchestration.</summary>
    public string NextMark() => $"orchestration-{++_marks}";

    public static DeliveryId Delivery(string name) => DeliveryId.Parse("test:" + name);

    public static RunId RunOf(string name) => RunId.First(Delivery(name).Turn);

    public InboundMessage Message(string name, string text, ReplyTarget? replyTo = null, SessionKey? key = null) => new(
        Delivery(name), key ?? Key, text, MessagePriority.User, Clock.GetUtcNow(), replyTo
            ?? new ReplyTarget.Slack("C1", "1.1"), Clock.GetUtcNow());

    public Task<AcceptOutcome> AcceptAsync(string name, string text = "a question", SessionKey? key = null) =>
        Start().Inbox.AcceptAsync(Message(name, text, key: key), CancellationToken.None);

    public static async Task<TurnReference> OpenAsync(TurnProcess process) =>
        await OpenAsync(process, Key);

    public static async Task<TurnReference> OpenAsync(TurnProcess process, SessionKey key) =>
        (await process.Opener.OpenAsync(new TurnCourse(key, null, null, IsTerminated: false), CancellationToken.None))
            .ShouldNotBeNull().Turn;

    public Task PassAsync(TimeSpan time) => Task.Delay(time, Clock);

    /// <summary>What another program writes, with whatever right it has: the lease is broken, the file is appended to.</summary>
    public async Task WriteBesideAsync(params TranscriptEntry[] entries)
    {
        var active = Active();
        await Outside.BreakLeaseAsync(active, CancellationToken.None);
        var lease = Ids.NewLeaseId();
        (await Outside.AcquireLeaseAsync(active, lease, TimeSpan.FromSeconds(15), CancellationToken.None)).ShouldBe(LeaseOutcome.Held);
        await AppendRawAsync(Lines(Chained(entries)), lease);
        await Outside.ReleaseLeaseAsync(active, lease, CancellationToken.None);
    }

    private TranscriptEntry[] Chained(TranscriptEntry[] entries)
    {
        var before = Entries().LastOrDefault()?.Id;
        return [.. entries.Select((entry, index) => entry with { ParentId = index == 0 ? before : entries[index - 1].Id })];
    }

    public async Task AppendRawAsync(ReadOnlyMemory<byte> bytes, LeaseId lease)
    {
        var now = (await Outside.ReadAsync(Active(), 0, 0, CancellationToken.None)).ShouldNotBeNull();
        (await Outside.AppendAsync(Active(), bytes, new AppendCondition(now.ETag, now.Length, lease), CancellationToken.None))
            .ShouldBeOfType<BlobWriteOutcome.Written>();
    }

    /// <summary>Another run takes the session by force, as an operator or a second deployment would.</summary>
    public async Task<Holdfast.Ownership.FencedTranscript> TakeOverAsync(string name)
    {
        await Outside.BreakLeaseAsync(Active(), CancellationToken.None);
        return await Start().ClaimAsync(RunOf(name), Session);
    }

    /// <summary>Another run takes the session by force, asks and answers in it, and lets it go.</summary>
    public async Task ForeignTurnAsync(string name = "other")
    {
        using var theirs = await TakeOverAsync(name);
        var question = TurnHistory.MessageOf(RunOf(name).Turn, Message(name, "their question"));
        await theirs.AppendAsync([question, Tests.Turns.Lines.Assistant(null, "their answer")], CancellationToken.None);
        await theirs.ReleaseAsync();
    }

    public static ReadOnlyMemory<byte> Lines(params TranscriptEntry[] entries)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var entry in entries)
        {
            TranscriptLineWriter.Write(buffer, entry);
        }

        return buffer.WrittenMemory.ToArray();
    }

    /// <summary>Of all segments, in order.</summary>
    public ImmutableArray<TranscriptEntry> Entries() =>
        [.. Enumerable.Range(0, SegmentCount()).SelectMany(segment => TranscriptLineParser.Parse(Bytes(segment)).Entries)];

    public byte[] Bytes(int segment = 0) => Snapshot(segment)?.Content.ToArray() ?? [];

    public BlobSnapshot? Snapshot(int segment) =>
        Outside.ReadAsync(TranscriptPaths.Segment(Session, segment), 0, null, CancellationToken.None).Result;

    public int SegmentCount() => Enumerable.Range(0, int.MaxValue).First(segment => Snapshot(segment) is null);

    /// <summary>The last segment.</summary>
    public BlobPath Active() => TranscriptPaths.Segment(Session, Math.Max(0, SegmentCount() - 1));

    public OwnershipMetadata? Claim() =>
        Outside.ReadAsync(Active(), 0, 0, CancellationToken.None).Result is { } snapshot
            ? OwnershipMetadata.FromMetadata(snapshot.Metadata)
            : null;

    public async Task<IReadOnlyList<string>> NamesAsync(string prefix)
    {
        var names = new List<string>();
        await foreach (var row in Outside.ListAsync(prefix, CancellationToken.None))
        {
            names.Add(row.Path.Value);
        }

        return names;
    }

    public void Observe()
    {
        for (var segment = 0; Snapshot(segment) is { } now; segment++)
        {
            if (_snapshots.Count == segment)
            {
                _snapshots.Add(([], false));
            }

            var bytes = now.Content.ToArray();
            bytes.AsSpan().StartsWith(_snapshots[segment].Bytes).ShouldBeTrue("I6: an earlier snapshot is no prefix of a later one");
            (_snapshots[segment].IsSealed && bytes.Length > _snapshots[segment].Bytes.Length).ShouldBeFalse("I6: a sealed segment grew");
            _snapshots[segment] = (bytes, now.IsSealed);
        }
    }
}
