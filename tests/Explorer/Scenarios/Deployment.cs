using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Ownership;
using Holdfast.Ownership.Leases;
using Holdfast.Ownership.Resets;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tools;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Control;
using Holdfast.Turns.Steps;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Tests.Explorer.Scenarios;

/// <summary>The app's own parts, put together as the app does, for one process of one actor.</summary>
internal sealed class Deployment
{
    public Deployment(DeploymentDependencies dependencies, bool goesOnAfterTakeover = false, TimeSpan? claimWait = null)
    {
        var (blobs, clock, ids, cache) = (dependencies.Blobs, dependencies.Clock, dependencies.Ids, dependencies.Cache);
        var leases = Options.Create(new LeaseOptions
        {
            Deployment = dependencies.Name,
            PollEvery = TimeSpan.FromSeconds(5),
            ClaimWait = claimWait ?? TimeSpan.FromSeconds(10),
        });
        Leases = leases.Value;
        var turns = Options.Create(new TurnOptions
        {
            WriteEvery = TimeSpan.FromSeconds(4),
            FollowEvery = TimeSpan.FromSeconds(20),
        });
        var agents = new OneAgent(goesOnAfterTakeover, dependencies.Compaction);
        var reader = new TranscriptReader(blobs, cache);
        var receipts = new ReceiptStore(blobs);
        var outbox = new OutboxStore(blobs);
        Sessions = new SessionDirectory(blobs, ids);
        Inbox = new InboxStore(blobs, Sessions, receipts.ExistsAsync, NullLogger<InboxStore>.Instance);
        var flusher = new PendingEntryFlusher(Inbox);
        SideWriter = new SideWriter(blobs, reader, flusher, ids, leases, clock, NullLogger<SideWriter>.Instance);
        var claimer = new SessionClaimer(
            blobs, reader, ids, leases, Options.Create(dependencies.Transcripts), clock, NullLogger<SessionClaimer>.Instance);
        var models = new ModelStreamReader(dependencies.Model, clock);
        var limiter = new ConcurrencyLimiter(4);
        var compactor = new Compactor(models, limiter, clock, NullLogger<Compactor>.Instance);
        var session = new SessionOwnership(
            claimer, Sessions, reader, new RunLeases(blobs, leases, clock, NullLogger<RunLeases>.Instance), flusher,
            NullLogger<SessionOwnership>.Instance);
        var stream = new StreamedCall(models, turns, clock, NullLogger<StreamedCall>.Instance);
        var answer = new ModelAnswer(stream, limiter, compactor, clock, () => 0, NullLogger<ModelAnswer>.Instance);
        var detached = new DetachedAnswers(session, Inbox, outbox, clock, NullLogger<DetachedAnswers>.Instance);
        var fenced = new FencedSteps(session, detached, turns, clock, NullLogger<FencedSteps>.Instance);
        var due = new DueEntries(Inbox, flusher, new ToolRecordStore(blobs), clock);
        Step = new ModelStep(session, receipts, due, answer, fenced, agents);
        Breaker = new LeaseBreaker(blobs, reader, Sessions, Inbox, ids, clock, NullLogger<LeaseBreaker>.Instance);
        Reset = new SessionReset(blobs, Sessions, ids, leases, clock, NullLogger<SessionReset>.Instance);
        Opener = new TurnOpener(Inbox, SideWriter, receipts, Sessions, reader, agents, clock);
        var deliverer = new Deliverer(outbox, dependencies.Channels, ids, clock, NullLogger<Deliverer>.Instance);
        Finisher = new TurnFinisher(
            session, deliverer, dependencies.Channels, Inbox, receipts, clock, NullLogger<TurnFinisher>.Instance);
        Runner = new TurnRunner(Opener, Step, Finisher, Inbox, session);
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
        private readonly AgentProfile _agent = new()
        {
            Id = "main",
            System = "You are a test.",
            Models =
            [
                new ModelProfile
                {
                    Id = "model",
                    BedrockModelId = "test.model",
                    FirstEventTimeout = TimeSpan.FromMinutes(5),
                    BetweenEventsTimeout = TimeSpan.FromMinutes(5),
                    MaxOutputTokens = 1000,
                    ContextTokens = 100_000,
                },
            ],
            Fallback = FallbackSettings.Default with { MaxAttemptsPerModel = 4, MaxBackoff = TimeSpan.FromSeconds(20) },
            MaxToolRounds = 4,
            TurnDeadline = TimeSpan.FromHours(1),
            FenceMode = goesOnAfterTakeover ? FenceMode.Warn : FenceMode.Strict,
            Compaction = compaction,
        };

        public AgentProfile? Find(string agentId) => agentId == "main" ? _agent : null;
    }
}

/// <summary>Where a deployment meets the world.</summary>
/// <param name="Name">Processes of one deployment share it.</param>
internal sealed record DeploymentDependencies(
    string Name, IBlobContainer Blobs, TimeProvider Clock, IdSource Ids, ConversationCache Cache, IReplyChannels Channels,
    IModelProvider Model)
{
    /// <summary>When segments are full: never, unless a family is about that.</summary>
    public TranscriptOptions Transcripts { get; init; } = new();

    /// <summary>When a conversation is summed up: never, unless a family is about that.</summary>
    public CompactionSettings? Compaction { get; init; }
}
