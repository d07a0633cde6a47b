using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Ownership.Leases;
using Holdfast.Ownership.Resets;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Control;
using Holdfast.Turns.Steps;
using Holdfast.Turns.Wiring;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Tests.Explorer.Scenarios;

/// <summary>The app's own parts, put together as the app does, for one process of one actor.</summary>
internal sealed class Deployment
{
    private readonly TurnParts _parts;

    public Deployment(DeploymentDependencies dependencies, bool goesOnAfterTakeover = false, TimeSpan? claimWait = null)
    {
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
        _parts = new TurnParts(new TurnDependencies
        {
            Blobs = dependencies.Blobs,
            Cache = dependencies.Cache,
            Models = dependencies.Model,
            Limiter = new ConcurrencyLimiter(4),
            Channels = dependencies.Channels,
            Agents = new OneAgent(goesOnAfterTakeover, dependencies.Compaction),
            Ids = dependencies.Ids,
            Clock = dependencies.Clock,
            Random = () => 0,
            Leases = leases,
            Turns = turns,
            Transcripts = Options.Create(dependencies.Transcripts),
            Loggers = NullLoggerFactory.Instance,
        });
    }

    public LeaseOptions Leases { get; }

    public SessionDirectory Sessions => _parts.Sessions;

    public InboxStore Inbox => _parts.Inbox;

    public SideWriter SideWriter => _parts.SideWriter;

    public LeaseBreaker Breaker => _parts.Breaker;

    public SessionReset Reset => _parts.Reset;

    public TurnOpener Opener => _parts.Opener;

    public ModelStep Step => _parts.Step;

    public TurnFinisher Finisher => _parts.Finisher;

    public TurnRunner Runner => _parts.Runner;

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
