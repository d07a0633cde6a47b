using Holdfast.Compactions;
using Holdfast.Fencing;
using Holdfast.Inbox;
using Holdfast.Inference;
using Holdfast.Leases;
using Holdfast.Outbox;
using Holdfast.Resets;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Tools;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Microsoft.Extensions.Options;

namespace Holdfast.Tests.Turns;

/// <summary>One process of the app: the real services over a world's storage, with caches of its own and a tap at its door.</summary>
internal sealed class TurnProcess
{
    public TurnProcess(TurnRig rig, BlobTap tap, LeaseOptions leaseOptions)
    {
        Tap = tap;
        tap.Observe ??= rig.Observe;
        var counter = new StorageCallCounter();
        Blobs = new MemoryBlobContainer(rig.Store, tap);
        var cache = new ConversationCache(64 * 1024 * 1024);
        var leases = Options.Create(leaseOptions);
        var turns = Options.Create(rig.Turns);
        Reader = new TranscriptReader(Blobs, cache);
        Receipts = new ReceiptStore(Blobs);
        Claimer = new SessionClaimer(Blobs, Reader, cache, rig.Ids, Receipts, leases, Options.Create(rig.Transcripts), rig.Clock, rig.Log.For<SessionClaimer>());
        Inbox = new InboxStore(Blobs, Receipts);
        Outbox = new OutboxStore(Blobs);
        Sessions = new SessionDirectory(Blobs, rig.Ids);
        Drain = new SideEntryDrain(Inbox);
        SideWriter = new SideWriter(Blobs, Reader, Drain, rig.Ids, leases, rig.Clock, rig.Log.For<SideWriter>());
        Records = new ToolRecordStore(Blobs);
        Reset = new SessionReset(Blobs, Sessions, Receipts, rig.Ids, leases, rig.Clock, rig.Log.For<SessionReset>());
        Breaker = new LeaseBreaker(Blobs, Reader, Sessions, Inbox, rig.Ids, rig.Clock, rig.Log.For<LeaseBreaker>());
        var channels = new OneChannel(rig.Channel);
        Deliverer = new Deliverer(Outbox, channels, rig.Ids, rig.Clock, rig.Log.For<Deliverer>());
        Opener = new TurnOpener(counter, Inbox, SideWriter, Receipts, Sessions, Reader, rig, rig.Clock, rig.Log.For<TurnOpener>());
        var models = new ModelStreamReader(rig.Model, rig.Clock);
        var lane = new ModelLane(rig.LanePlaces);
        var compactor = new Compactor(models, lane, rig.Clock, rig.Log.For<Compactor>());
        var stream = new StreamedCall(models, turns, rig.Clock, rig.Log.For<StreamedCall>());
        var answers = new ModelAnswer(stream, lane, compactor, rig.Clock, () => 0.5, rig.Log.For<ModelAnswer>());
        Model = new ModelStep(
            Blobs, counter, Claimer, Sessions, Inbox, Receipts, Drain, new ToolResults(Records, rig.Clock), answers,
            new SuccessorWatch(Reader, turns, rig.Clock, rig.Log.For<SuccessorWatch>()),
            new AnswerParking(Claimer, Inbox, Outbox, rig.Clock, rig.Log.For<AnswerParking>()),
            rig, leases, rig.Clock, rig.Log.For<ModelStep>());
        Tools = new ToolStep(Blobs, counter, Reader, Records, rig, rig.Ids, leases, turns, rig.Clock, rig.Log.For<ToolStep>());
        Finisher = new TurnFinisher(
            Blobs, counter, Reader, Sessions, Claimer, Deliverer, channels, Inbox, Receipts, leases, rig.Clock, rig.Log.For<TurnFinisher>());
        Runner = new TurnRunner(Opener, Model, Finisher, Inbox, Reader);
    }

    public BlobTap Tap { get; }

    public IBlobContainer Blobs { get; }

    public TranscriptReader Reader { get; }

    public SessionClaimer Claimer { get; }

    public ReceiptStore Receipts { get; }

    public InboxStore Inbox { get; }

    public OutboxStore Outbox { get; }

    public SessionDirectory Sessions { get; }

    public SideEntryDrain Drain { get; }

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
        Opener.OpenAsync(new TurnCourse(TurnRig.Key.Value, null, null, IsTerminated: false), CancellationToken.None);

    /// <summary>One step, and nothing of what comes after it.</summary>
    public async Task<StepReport> StepAsync(
        TurnReference turn, int step = 0, IReadOnlyList<ToolCallReference>? calls = null, CancellationToken cancellationToken = default)
    {
        await using var run = await Model.RunAsync(new StepRequest(turn, step, calls ?? []), message: null, cancellationToken);
        return run.Report;
    }

    public Task<FencedTranscript> ClaimAsync(RunId run, SessionId session) => ClaimedAsync(Claimer.ClaimAsync(run, session, 0, CancellationToken.None));

    private static async Task<FencedTranscript> ClaimedAsync(Task<ClaimOutcome> claim) =>
        (await claim as ClaimOutcome.Claimed)?.Transcript ?? throw new InvalidOperationException("The claim did not succeed.");
}
