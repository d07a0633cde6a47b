using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Ownership;
using Holdfast.Ownership.Leases;
using Holdfast.Ownership.Resets;
using Holdfast.Sessions;
using Holdfast.Tools;
using Holdfast.Transcripts;
using Holdfast.Turns.Control;
using Holdfast.Turns.Steps;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Wiring;

/// <summary>
/// All that turns are run by, put together in one place for the app, the tests and the explorer. Safe for concurrent use.
/// </summary>
public sealed class TurnParts
{
    public TurnParts(TurnDependencies given)
    {
        var (blobs, ids, clock, leases, log) = (given.Blobs, given.Ids, given.Clock, given.Leases, given.Loggers);
        Reader = new TranscriptReader(blobs, given.Cache);
        Sessions = new SessionDirectory(blobs, ids);
        Receipts = new ReceiptStore(blobs);
        Outbox = new OutboxStore(blobs);
        Inbox = new InboxStore(blobs, Sessions, Receipts.ExistsAsync, log.CreateLogger<InboxStore>());
        ToolRecords = new ToolRecordStore(blobs);
        PendingEntries = new PendingEntryFlusher(Inbox);
        SideWriter = new SideWriter(blobs, Reader, PendingEntries, ids, leases, clock, log.CreateLogger<SideWriter>());
        Claimer = new SessionClaimer(blobs, Reader, ids, leases, given.Transcripts, clock, log.CreateLogger<SessionClaimer>());
        Reset = new SessionReset(blobs, Sessions, ids, leases, clock, log.CreateLogger<SessionReset>());
        Breaker = new LeaseBreaker(blobs, Reader, Sessions, Inbox, ids, clock, log.CreateLogger<LeaseBreaker>());
        Deliverer = new Deliverer(Outbox, given.Channels, ids, clock, log.CreateLogger<Deliverer>());

        var renewals = new RunLeases(blobs, leases, clock, log.CreateLogger<RunLeases>());
        var session = new SessionOwnership(Claimer, Sessions, Reader, renewals, PendingEntries, log.CreateLogger<SessionOwnership>());
        var detached = new DetachedAnswers(session, Inbox, Outbox, clock, log.CreateLogger<DetachedAnswers>());
        Step = new ModelStep(
            session,
            Receipts,
            new DueEntries(Inbox, PendingEntries, ToolRecords, clock),
            AnswerOf(given),
            new FencedSteps(session, detached, given.Turns, clock, log.CreateLogger<FencedSteps>()),
            given.Agents);
        Tools = new ToolStep(session, ToolRecords, given.Agents, ids, given.Turns, clock, log.CreateLogger<ToolStep>());
        Opener = new TurnOpener(Inbox, SideWriter, Receipts, Sessions, Reader, given.Agents, clock);
        Finisher = new TurnFinisher(session, Deliverer, given.Channels, Inbox, Receipts, clock, log.CreateLogger<TurnFinisher>());
        Runner = new TurnRunner(Opener, Step, Finisher, Inbox, session);
    }

    public TranscriptReader Reader { get; }

    public SessionDirectory Sessions { get; }

    public ReceiptStore Receipts { get; }

    public OutboxStore Outbox { get; }

    public InboxStore Inbox { get; }

    public ToolRecordStore ToolRecords { get; }

    public PendingEntryFlusher PendingEntries { get; }

    public SideWriter SideWriter { get; }

    public SessionClaimer Claimer { get; }

    public SessionReset Reset { get; }

    public LeaseBreaker Breaker { get; }

    public Deliverer Deliverer { get; }

    public TurnOpener Opener { get; }

    public ModelStep Step { get; }

    public ToolStep Tools { get; }

    public TurnFinisher Finisher { get; }

    public TurnRunner Runner { get; }

    private static ModelAnswer AnswerOf(TurnDependencies given)
    {
        var (clock, log) = (given.Clock, given.Loggers);
        var models = new ModelStreamReader(given.Models, clock);
        return new ModelAnswer(
            new StreamedCall(models, given.Turns, clock, log.CreateLogger<StreamedCall>()),
            given.Limiter,
            new Compactor(models, given.Limiter, clock, log.CreateLogger<Compactor>()),
            clock,
            given.Random,
            log.CreateLogger<ModelAnswer>());
    }
}
