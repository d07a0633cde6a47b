using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Models;
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
using Holdfast.Turns.Wiring;
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
        Parts = new TurnParts(new TurnDependencies
        {
            Blobs = Blobs,
            Cache = new ConversationCache(64 * 1024 * 1024),
            Models = fixture.Model,
            Limiter = new ConcurrencyLimiter(fixture.ConcurrentCalls),
            Channels = new OneChannel(fixture.Channel),
            Agents = fixture,
            Ids = fixture.Ids,
            Clock = fixture.Clock,
            Random = () => 0.5,
            Leases = Options.Create(leaseOptions),
            Turns = Options.Create(fixture.Turns),
            Transcripts = Options.Create(fixture.Transcripts),
            Loggers = fixture.Log,
        });
    }

    public TurnParts Parts { get; }

    public BlobTap Tap { get; }

    public IBlobContainer Blobs { get; }

    public TranscriptReader Reader => Parts.Reader;

    public SessionClaimer Claimer => Parts.Claimer;

    public ReceiptStore Receipts => Parts.Receipts;

    public InboxStore Inbox => Parts.Inbox;

    public OutboxStore Outbox => Parts.Outbox;

    public SessionDirectory Sessions => Parts.Sessions;

    public PendingEntryFlusher Drain => Parts.PendingEntries;

    public SideWriter SideWriter => Parts.SideWriter;

    public ToolRecordStore Records => Parts.ToolRecords;

    public SessionReset Reset => Parts.Reset;

    public LeaseBreaker Breaker => Parts.Breaker;

    public Deliverer Deliverer => Parts.Deliverer;

    public TurnOpener Opener => Parts.Opener;

    public ModelStep Model => Parts.Step;

    public ToolStep Tools => Parts.Tools;

    public TurnFinisher Finisher => Parts.Finisher;

    public TurnRunner Runner => Parts.Runner;

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
