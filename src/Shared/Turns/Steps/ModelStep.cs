using System.Collections.Immutable;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Turns.Steps;

/// <summary>
/// One step of a turn: claim → what is due in the transcript → model call, with retries and fallbacks → commit. May run twice, also at
/// once: it first looks for the step's own entry and, if it stands, returns it without a model call; each execution claims with the
/// next epoch, and the one that is shut out returns what its successor records (I5, I8, I10).
/// <para>
/// A crash before the commit leaves streamed parts, which the next execution marks as interrupted; one after it leaves the answer,
/// which the next execution finds.
/// </para>
/// </summary>
public sealed partial class ModelStep(
    IBlobContainer blobs,
    StorageCallCounter counter,
    SessionClaimer claimer,
    SessionDirectory sessions,
    InboxStore inbox,
    ReceiptStore receipts,
    PendingEntryFlusher sideEntries,
    ToolResults toolResults,
    ModelAnswer answers,
    SupersededWaiter waiter,
    DetachedAnswers detached,
    IAgentDirectory agents,
    IOptions<LeaseOptions> leases,
    TimeProvider clock,
    ILogger<ModelStep> log)
{
    /// <param name="message">The turn's message, when the caller has read it; it is read from the inbox otherwise.</param>
    public async Task<StepRun> RunAsync(StepRequest request, InboundMessage? message, CancellationToken cancellationToken)
    {
        using var calls = counter.StartTally();
        var turn = request.Turn;
        if (agents.Find(turn.AgentId) is not { } agent)
        {
            return new StepRun(Untouched(StepEnding.Failed, TurnFailure.UnknownAgent, calls));
        }

        switch (await claimer.ClaimAsync(turn.Run(), turn.Session(), turn.Segment, turn.ClaimRequest(), cancellationToken))
        {
            case ClaimOutcome.Claimed claimed:
                return await RunClaimedAsync(new StepWork(request, message, agent, claimed.Transcript, calls), cancellationToken);
            case ClaimOutcome.TakenOver takenOver:
                return await ComeBackAsync(request, message, agent, takenOver, calls, cancellationToken);
            case ClaimOutcome.Ended:
                return new StepRun(await EndInResetAsync(request, agent, calls, cancellationToken));
            case ClaimOutcome.Unreadable:
                return new StepRun(Untouched(StepEnding.Failed, TurnFailure.SessionUnreadable, calls));
            default:
                return new StepRun(Untouched(StepEnding.Busy, null, calls));
        }
    }

    private async Task<StepRun> RunClaimedAsync(StepWork work, CancellationToken cancellationToken)
    {
        var turn = work.Request.Turn;
        var lease = new HeldLease(
            () => work.Transcript.Path, work.Transcript.Lease, turn.DeadlineAt, (isLost, token) => AtRenewalAsync(turn.Key(), work.Transcript, isLost, token));
        var claimed = new HeldTranscript(work.Transcript, LeaseRenewer.Start(blobs, lease, leases.Value, clock, log, until: work.Transcript.Ended));
        try
        {
            var report = await ReportAsync(work, claimed, cancellationToken);

            // A crash before the note leaves an old segment number, from which everybody follows the seals.
            if (work.Transcript.Identity.Segment > turn.Segment)
            {
                await sessions.AdvanceAsync(turn.Key(), turn.Session(), work.Transcript.Identity.Segment, cancellationToken);
            }

            return new StepRun(report, claimed);
        }
        catch
        {
            await claimed.DisposeAsync();
            throw;
        }
    }

    private async Task<StepReport> ReportAsync(StepWork work, HeldTranscript claimed, CancellationToken cancellationToken)
    {
        var turn = work.Request.Turn;
        if (await HasEndedAsync(work.Request, work.Transcript.Conversation, cancellationToken))
        {
            await claimed.ReleaseAsync();
            return Of(StepReports.Of(StepEnding.Ended), work);
        }

        if (StepReports.Recorded(work.Request, work.Agent, work.Transcript.Conversation) is { } recorded)
        {
            if (work.Transcript.Conversation.Find(TurnHistory.DeliveryId(work.Run.Turn)) is not null)
            {
                // A late execution of a turn that has ended: nobody else would let this lease go.
                await claimed.ReleaseAsync();
            }

            return Of(recorded, work);
        }

        var outcome = await BeginAsync(work, cancellationToken) is FencedOutcome.Appended
            ? await answers.GetAsync(work, cancellationToken)
            : new AnswerOutcome.FencedOff(null);
        return outcome switch
        {
            AnswerOutcome.Committed committed => Of(StepReports.Answered(work.Request, work.Agent, committed.Content), work),
            AnswerOutcome.GaveUp gaveUp => Of(StepReports.Failed(gaveUp.Failure), work),
            AnswerOutcome.PutOff later =>
                Of(StepReports.Of(StepEnding.PutOff) with { ResumeAt = later.ResumeAt, FailedCalls = later.FailedCalls }, work),
            AnswerOutcome.FencedOff fenced => await StorageOutage.OutlastAsync(
                () => EndFencedAsync(work, fenced.Finished, cancellationToken), turn.DeadlineAt, clock, cancellationToken),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>
    /// A turn is opened by each deployment that shares the storage, and while one waits for the session the other may end it. Asked only
    /// when the turn's message stands already: its first execution of all reads nothing more.
    /// </summary>
    private async Task<bool> HasEndedAsync(StepRequest request, Conversation conversation, CancellationToken cancellationToken) =>
        request.Step == 0
        && conversation.Find(EntryId.OfMessage(request.Turn.Run().Turn)) is not null
        && await receipts.ExistsAsync(request.Turn.Run().Turn, cancellationToken);

    /// <summary>One append, as a rule one block: the message or the tool results, marks for dead attempts, and what others left in the inbox.</summary>
    private async Task<FencedOutcome> BeginAsync(StepWork work, CancellationToken cancellationToken)
    {
        var turn = work.Request.Turn;
        var entries = ImmutableArray.CreateBuilder<TranscriptEntry>();
        if (work.CameBackOver is { } takeover)
        {
            entries.Add(detached.VerdictOf(work.Run, takeover, work.Transcript.Identity.Epoch));
        }

        entries.AddRange(TurnHistory.MarkInterrupted(work.Transcript.Conversation, work.Transcript.Identity, clock.GetUtcNow()));
        var pending = work.Request.Step > 0 || turn.HasSideEntries
            ? await sideEntries.CollectAsync(turn.Key(), cancellationToken)
            : PendingSideEntries.None;
        entries.AddRange(pending.Entries);
        if (work.Transcript.Conversation.Find(EntryId.OfMessage(work.Run.Turn)) is null)
        {
            entries.Add(TurnHistory.MessageOf(work.Run.Turn, work.Message ?? await ReadMessageAsync(turn, cancellationToken)));
        }

        if (work.Request.ToolCalls.Count > 0)
        {
            var room = TurnPrompt.RoomForResults(work.Transcript.Conversation, work.Run, work.Agent);
            entries.AddRange(await toolResults.EntriesAsync(work.Request.ToolCalls, room, cancellationToken));
        }

        var outcome = await work.Transcript.AppendAsync(entries.ToImmutable(), cancellationToken);
        if (outcome is FencedOutcome.Appended)
        {
            await sideEntries.RemoveAsync(pending, cancellationToken);
        }

        return outcome;
    }

    private async Task<InboundMessage> ReadMessageAsync(TurnReference turn, CancellationToken cancellationToken) =>
        await inbox.ReadMessageAsync(BlobPath.Parse(turn.InboxPath), cancellationToken)
            ?? throw new InvalidDataException("The turn's message is neither in the transcript nor in the inbox.");

    /// <summary>
    /// A renewal is the owner's boundary while the model speaks. A lost lease is looked into at once: during a long silence there is no
    /// append that would find out, and nobody may take the session for free or stay taken over for minutes.
    /// </summary>
    private async Task AtRenewalAsync(SessionKey key, FencedTranscript transcript, bool isLost, CancellationToken cancellationToken)
    {
        try
        {
            if (isLost)
            {
                await transcript.CheckAsync(cancellationToken);
            }

            await sideEntries.DrainAsync(key, transcript, cancellationToken);
        }
        catch (StorageUnavailableException fault)
        {
            LogNotFlushed(log, fault, transcript.Identity.Run.Value);
        }
    }

    private static StepReport Of(StepReport report, StepWork work) =>
        StepReports.In(work.Transcript.Identity.Segment, report) with { Attempt = work.Transcript.Identity.Attempt, Epoch = work.Transcript.Identity.Epoch, Tally = work.Tally() };

    private static StepReport Untouched(StepEnding ending, TurnFailure? failure, StorageCallTally calls) =>
        new(ending, 0, 0, [], failure, TurnTally.Zero with { StorageCalls = (int)calls.Calls });

    [LoggerMessage(EventId = 1431, Level = LogLevel.Warning, Message = "Session {Session} was taken over before run {Run} came back: {Explanation}")]
    private static partial void LogTakenOver(ILogger logger, string session, string run, string explanation);

    [LoggerMessage(EventId = 1432, Level = LogLevel.Information, Message = "Run {Run} goes on in session {Next}: session {Ended} was closed by a reset")]
    private static partial void LogMovedOn(ILogger logger, string run, string ended, string next);

    [LoggerMessage(EventId = 1430, Level = LogLevel.Warning, Message = "Side entries wait in the inbox of run {Run}'s session; trying again at the next renewal")]
    private static partial void LogNotFlushed(ILogger logger, Exception fault, string run);
}
