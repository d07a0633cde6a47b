using System.Collections.Immutable;
using Holdfast.Compactions;
using Holdfast.Fencing;
using Holdfast.Inbox;
using Holdfast.Inference;
using Holdfast.Leases;
using Holdfast.Outbox;
using Holdfast.Resets;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tools;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Tests.Explorer.Scenarios;

/// <summary>The app's own parts, put together as the app does, for one process of one actor.</summary>
internal sealed class Deployment
{
    private static readonly StorageCallCounter Counter = new();

    public Deployment(DeploymentSeams seams, bool goesOnAfterTakeover = false, TimeSpan? claimWait = null)
    {
        var (blobs, clock, ids, cache) = (seams.Blobs, seams.Clock, seams.Ids, seams.Cache);
        var leases = Options.Create(new LeaseOptions
        {
            Deployment = seams.Name,
            PollEvery = TimeSpan.FromSeconds(5),
            ClaimWait = claimWait ?? TimeSpan.FromSeconds(10),
        });
        Leases = leases.Value;
        var turns = Options.Create(new TurnOptions
        {
            WriteEvery = TimeSpan.FromSeconds(4),
            FollowEvery = TimeSpan.FromSeconds(20),
        });
        var agents = new OneAgent(goesOnAfterTakeover, seams.Compaction);
        var reader = new TranscriptReader(blobs, cache);
        var receipts = new ReceiptStore(blobs);
        var outbox = new OutboxStore(blobs);
        Sessions = new SessionDirectory(blobs, ids);
        Inbox = new InboxStore(blobs, Sessions, receipts, NullLogger<InboxStore>.Instance);
        var drain = new SideEntryDrain(Inbox);
        SideWriter = new SideWriter(blobs, reader, drain, ids, leases, clock, NullLogger<SideWriter>.Instance);
        var claimer = new SessionClaimer(blobs, reader, cache, ids, receipts, leases, Options.Create(seams.Transcripts), clock, NullLogger<SessionClaimer>.Instance);
        var models = new ModelStreamReader(seams.Model, clock);
        var lane = new ModelLane(4);
        var compactor = new Compactor(models, lane, clock, NullLogger<Compactor>.Instance);
        var stream = new StreamedCall(models, turns, clock, NullLogger<StreamedCall>.Instance);
        var answer = new ModelAnswer(stream, lane, compactor, clock, () => 0, NullLogger<ModelAnswer>.Instance);
        var successors = new SuccessorWatch(reader, turns, clock, NullLogger<SuccessorWatch>.Instance);
        var parking = new AnswerParking(claimer, Inbox, outbox, clock, NullLogger<AnswerParking>.Instance);
        Step = new ModelStep(
            blobs, Counter, claimer, Sessions, Inbox, receipts, drain, new ToolResults(new ToolRecordStore(blobs), clock), answer, successors, parking, agents, leases, clock,
            NullLogger<ModelStep>.Instance);
        Breaker = new LeaseBreaker(blobs, reader, Sessions, Inbox, ids, clock, NullLogger<LeaseBreaker>.Instance);
        Reset = new SessionReset(blobs, Sessions, receipts, ids, leases, clock, NullLogger<SessionReset>.Instance);
        Opener = new TurnOpener(Counter, Inbox, SideWriter, receipts, Sessions, reader, agents, clock, NullLogger<TurnOpener>.Instance);
        var deliverer = new Deliverer(outbox, seams.Channels, ids, clock, NullLogger<Deliverer>.Instance);
        Finisher = new TurnFinisher(
            blobs, Counter, reader, Sessions, claimer, deliverer, seams.Channels, Inbox, receipts, leases, clock, NullLogger<TurnFinisher>.Instance);
        Runner = new TurnRunner(Opener, Step, Finisher, Inbox, reader);
    }

    public LeaseOptions Leases { get; }

    public SessionDirectory Sessions { get; }

    public InboxStore Inbox { get; }

    public SideWriter SideWriter { get; }

    public LeaseBreaker Breaker { get; }

    public SessionReset Reset { get; }

    public TurnOpener Opener { get; }

    public ModelStep Step { get; }

    public TurnFinisher Finisher { get; }

    public TurnRunner Runner { get; }

    private sealed class OneAgent(bool goesOnAfterTakeover, CompactionSettings? compaction) : IAgentDirectory
    {
        private readonly AgentProfile _agent = new(
            "main",
            "You are a test.",
            [new ModelProfile("model", "test.model", null, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5), false, 1000, 100_000, null, null)],
            LadderSettings.Default,
            ImmutableArray<ITool>.Empty,
            MaxToolRounds: 4,
            TurnDeadline: TimeSpan.FromHours(1),
            goesOnAfterTakeover)
        {
            Compaction = compaction,
        };

        public AgentProfile? Find(string agentId) => agentId == "main" ? _agent : null;
    }
}

/// <summary>Where a deployment meets the world.</summary>
/// <param name="Name">Processes of one deployment share it.</param>
internal sealed record DeploymentSeams(
    string Name, IBlobContainer Blobs, TimeProvider Clock, IdSource Ids, ConversationCache Cache, IReplyChannels Channels, IModelProvider Model)
{
    /// <summary>When segments are full: never, unless a family is about that.</summary>
    public TranscriptOptions Transcripts { get; init; } = new();

    /// <summary>When a conversation is summed up: never, unless a family is about that.</summary>
    public CompactionSettings? Compaction { get; init; }
}
