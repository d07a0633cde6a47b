using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Holdfast.Turns.Steps;

namespace Holdfast.Turns;

/// <summary>
/// The activities of a turn. A plain turn is one of them: it opens the message, runs the step and, as that was the last, finishes under the
/// claim that the step made. Each part is idempotent by its own records in storage, so an execution that dies is run again from the start
/// and finds what stands.
/// </summary>
public sealed class TurnRunner(TurnOpener opener, ModelStep step, TurnFinisher finisher, InboxStore inbox, TranscriptReader reader)
{
    /// <summary>For <see cref="TurnMove.Answer"/>.</summary>
    public async Task<TurnCourse> AnswerAsync(TurnCourse course, CancellationToken cancellationToken)
    {
        var (opened, message) = await OpenAsync(course, cancellationToken);
        if (opened.Next != TurnMove.Answer)
        {
            return opened.Next == TurnMove.Finish ? await FinishAsync(opened, held: null, message, cancellationToken) : opened;
        }

        await using var run = await step.RunAsync(new StepRequest(opened.Turn!, opened.Step, opened.ToolCalls) { FailedCalls = opened.FailedCalls }, message, cancellationToken);
        if (run.Report.Ending == StepEnding.Ended)
        {
            // Its receipt came to stand after the turn was opened here: whoever finished it may have died before this.
            await inbox.RemoveAsync(BlobPath.Parse(opened.Turn!.InboxPath), BlobETag.Parse(opened.Turn.InboxETag), cancellationToken);
        }

        var next = TurnDecider.AfterStep(opened, run.Report);
        return next.Next == TurnMove.Finish ? await FinishAsync(next, run.Held, message, cancellationToken) : next;
    }

    /// <summary>For <see cref="TurnMove.Finish"/>, where no step has done it.</summary>
    public async Task<TurnCourse> FinishAsync(TurnCourse course, CancellationToken cancellationToken)
    {
        var (opened, message) = await OpenAsync(course, cancellationToken);
        return opened.Turn is null ? opened : await FinishAsync(opened, held: null, message, cancellationToken);
    }

    private async Task<TurnCourse> FinishAsync(TurnCourse course, HeldTranscript? held, InboundMessage? message, CancellationToken cancellationToken)
    {
        var request = new FinishRequest(course.Turn!, course.Ending!.Value, course.Step, course.Failure, course.Tally);
        if (await finisher.FinishAsync(request, held, message, cancellationToken) is FinishOutcome.PutOff later)
        {
            return course with { ResumeAt = later.ResumeAt };
        }

        return course with { Next = TurnMove.End, HasMore = course.HasMore || await HasMoreAsync(course, cancellationToken) };
    }

    /// <returns>The course with a turn, or at its end when no message is pending.</returns>
    private async Task<(TurnCourse Course, InboundMessage? Message)> OpenAsync(TurnCourse course, CancellationToken cancellationToken)
    {
        if (course.Turn is not null)
        {
            return (course, null);
        }

        if (await opener.OpenAsync(course, cancellationToken) is not { } opened)
        {
            return (course with { Next = TurnMove.End }, null);
        }

        var tally = course.Tally with { StorageCalls = course.Tally.StorageCalls + opened.Turn.StorageCalls };
        course = course with { Turn = opened.Turn, Tally = tally, HasMore = opened.HasMore };
        return (await IsTerminatedAsync(course, cancellationToken) is { } run
            ? TurnDecider.Terminated(course with { Turn = opened.Turn with { RunId = run } })
            : course, opened.Message);
    }

    /// <returns>The run that the terminated orchestration had begun, when it is one of this turn.</returns>
    private async Task<string?> IsTerminatedAsync(TurnCourse course, CancellationToken cancellationToken)
    {
        if (!course.IsTerminated || await reader.ReadAsync(course.Turn!.Session(), course.Turn.Segment, cancellationToken) is not { Claim: { } claim })
        {
            return null;
        }

        return claim.Orchestration == course.EndedOrchestration && RunId.TurnOf(claim.RunId) == course.Turn.Run().Turn ? claim.RunId : null;
    }

    private async Task<bool> HasMoreAsync(TurnCourse course, CancellationToken cancellationToken)
    {
        await foreach (var _ in inbox.ListAsync(course.Turn!.Key(), cancellationToken))
        {
            return true;
        }

        return false;
    }
}
