using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Ownership;
using Holdfast.Ownership.Leases;
using Holdfast.Ownership.Resets;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Tools;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Control;
using Holdfast.Turns.Steps;
using Microsoft.Extensions.Options;

namespace Holdfast.Tests.Turns;

/// <summary>One process of the app: the real services over a world's storage, with caches of its own and a tap at its endpoint.</summary>
internal sealed class TurnProcess
{
    public TurnProcess(TurnFixture fixture, BlobTap tap, LeaseOptions leaseOptions)
    {
        Tap = tap;
        tap.Observe ??= fixture.Observe;
        Blobs = new MemoryBlobContainer(fixture.Store, tap);
        var cache = new ConversationCache(64 * 1024 * 1024);
        var leases = Options.Create(leaseOptions);
        var turns = Options.Create(fixture.Turns);
        Reader = new TranscriptReader(Blobs, cache);
        Receipts = new ReceiptStore(Blobs);
        Claimer = new SessionClaimer(
            Blobs, Reader, fixture.Ids, leases, Options.Create(fixture.Transcripts), fixture.Clock, fixture.Log.For<SessionClaimer>());
        Sessions = new SessionDirectory(Blobs, fixture.Ids);
        Inbox = new InboxStore(Blobs, Sessions, Receipts.ExistsAsync, fixture.Log.For<InboxStore>());
        Outbox = new OutboxStore(Blobs);
        Drain = new PendingEntryFlusher(Inbox);
        SideWriter = new SideWriter(Blobs, Reader, Drain, fixture.Ids, leases, fixture.Clock, fixture.Log.For<SideWriter>());
        Records = new ToolRecordStore(Blobs);
        Reset = new SessionReset(Blobs, Sessions, fixture.Ids, leases, fixture.Clock, fixture.Log.For<SessionReset>());
        Breaker = new LeaseBreaker(Blobs, Reader, Sessions, Inbox, fixture.Ids, fixture.Clock, fixture.Log.For<LeaseBreaker>());
        var channels = new OneChannel(fixture.Channel);
        Deliverer = new Deliverer(Outbox, channels, fixture.Ids, fixture.Clock, fixture.Log.For<Deliverer>());
        Opener = new TurnOpener(Inbox, SideWriter, Receipts, Sessions, Reader, fixture, fixture.Clock);
        var models = new ModelStreamReader(fixture.Model, fixture.Clock);
        var limiter = new ConcurrencyLimiter(fixture.ConcurrentCalls);
        var compactor = new Compactor(models, limiter, fixture.Clock, fixture.Log.For<Compactor>());
        var stream = new StreamedCall(models, turns, fixture.Clock, fixture.Log.For<StreamedCall>());
        var answers = new ModelAnswer(stream, limiter, compactor, fixture.Clock, () => 0.5, fixture.Log.For<ModelAnswer>());
        var session = new SessionOwnership(
            Claimer, Sessions, Reader, new RunLeases(Blobs, leases, fixture.Clock, fixture.Log.For<RunLeases>()), Drain,
            fixture.Log.For<SessionOwnership>());
        var fenced = new FencedSteps(
            session,
            new DetachedAnswers(session, Inbox, Outbox, fixture.Clock, fixture.Log.For<DetachedAnswers>()),
            turns,
            fixture.Clock,
            fixture.Log.For<FencedSteps>());
        var due = new DueEntries(Inbox, Drain, Records, fixture.Clock);
        Model = new ModelStep(session, Receipts, due, answers, fenced, fixture);
        Tools = new ToolStep(session, Records, fixture, fixture.Ids, turns, fixture.Clock, fixture.Log.For<ToolStep>());
        Finisher = new TurnFinisher(session, Deliverer, channels, Inbox, Receipts, fixture.Clock, fixture.Log.For<TurnFinisher>());
        Runner = new TurnRunner(Opener, Model, Finisher, Inbox, session);
    }

    public BlobTap Tap { get; }

    public IBlobContainer Blobs { get; }

    public TranscriptReader Reader { get; }

    public SessionClaimer Claimer { get; }

    public ReceiptStore Receipts { get; }

    public InboxStore Inbox { get; }

    public OutboxStore Outbox { get; }

    public SessionDirectory Sessions { get; }

    public PendingEntryFlusher Drain { get; }

    public SideWriter SideWriter { get; }

    public ToolRecordStore Records { get; }

    public SessionReset Reset { get; }

    public LeaseBreaker Breaker { get; }

    public Deliverer Deliverer { get; }

    public TurnOpener Opener { get; }

    public ModelStep Model { get; }

    public ToolStep Tools { get; }

    public TurnFinisher Finisher { get; }

    public TurnRunner Runner { get; }

    /// <summary>A look into an inbox without messages: what waits there for the transcript is written.</summary>
    public Task<OpenedTurn?> OpenNothingAsync() =>
        Opener.OpenAsync(new TurnCourse(TurnFixture.Key, null, null, IsTerminated: false), CancellationToken.None);

    /// <summary>One step, and nothing of what comes after it.</summary>
    public async Task<StepResult> StepAsync(
        TurnReference turn, int step = 0, IReadOnlyList<ToolCallReference>? calls = null, CancellationToken cancellationToken = default)
    {
        var (result, claimed) = await Model.RunAsync(
            CourseOf(turn) with { Step = step, ToolCalls = calls ?? [] }, message: null, cancellationToken);
        await using var held = claimed;
        return result;
    }

    /// <summary>The end of a turn whose answer stands.</summary>
    public Task<TurnCourse> FinishAsync(TurnReference turn) => Finisher.FinishAsync(
        CourseOf(turn) with { Next = TurnMove.Finish, Ending = TurnEnding.Replied }, held: null, message: null, CancellationToken.None);

    private static TurnCourse CourseOf(TurnReference turn) =>
        new(turn.SessionKey, turn.Orchestration, null, IsTerminated: false) { Turn = turn };

    public Task<FencedTranscript> ClaimAsync(RunId run, SessionId session) =>
        ClaimedAsync(Claimer.ClaimAsync(run, session, 0, CancellationToken.None));

    private static async Task<FencedTranscript> ClaimedAsync(Task<ClaimOutcome> claim) =>
        (await claim as ClaimOutcome.Claimed)?.Transcript ?? throw new InvalidOperationException("The claim did not succeed.");
}
