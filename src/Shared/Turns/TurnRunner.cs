using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Turns.Steps;

namespace Holdfast.Turns;

/// <summary>
/// The activities of a turn. A plain turn is one of them: it opens the message, runs the step and, as that was the last, finishes under the
/// claim that the step made. Each part is idempotent by its own records in storage, so an execution that dies is run again from the start
/// and finds what stands.
/// </summary>
public sealed class TurnRunner(TurnOpener opener, ModelStep step, TurnFinisher finisher, InboxStore inbox, SessionOwnership session)
{
    /// <summary>For <see cref="TurnMove.Answer"/>.</summary>
    public async Task<TurnCourse> AnswerAsync(TurnCourse course, CancellationToken cancellationToken)
    {
        var (opened, message) = await OpenAsync(course, cancellationToken);
        if (opened.Next != TurnMove.Answer)
        {
            return opened.Next == TurnMove.Finish ? await FinishAsync(opened, held: null, message, cancellationToken) : opened;
        }

        var (result, claimed) = await step.RunAsync(opened, message, cancellationToken);
        await using var held = claimed;
        if (result.Ending == StepEnding.Ended)
        {
            // Its receipt came to stand after the turn was opened here: whoever finished it may have died before this.
            await inbox.RemoveAsync(opened.Turn!.InboxPath, opened.Turn.InboxETag, cancellationToken);
        }

        var next = TurnDecider.AfterStep(opened, result);
        return next.Next == TurnMove.Finish
            ? await FinishAsync(next, held is { MayWrite: true } ? held : null, message, cancellationToken)
            : next;
    }

    /// <summary>For <see cref="TurnMove.Finish"/>, where no step has done it.</summary>
    public async Task<TurnCourse> FinishAsync(TurnCourse course, CancellationToken cancellationToken)
    {
        var (opened, message) = await OpenAsync(course, cancellationToken);
        return opened.Turn is null ? opened : await FinishAsync(opened, held: null, message, cancellationToken);
    }

    private async Task<TurnCourse> FinishAsync(
        TurnCourse course, HeldTranscript? held, InboundMessage? message, CancellationToken cancellationToken)
    {
        var finished = await finisher.FinishAsync(course, held, message, cancellationToken);
        return finished.Next != TurnMove.End || finished.HasMore || !await HasMoreAsync(course.SessionKey, cancellationToken)
            ? finished
            : finished with { HasMore = true };
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

        course = course with { Turn = opened.Turn, HasMore = opened.HasMore };
        return (await TerminatedRunAsync(course, opened.Turn, cancellationToken) is { } run
            ? TurnDecider.Terminated(course with { Turn = opened.Turn with { RunId = run } })
            : course, opened.Message);
    }

    /// <returns>The run that the terminated orchestration had begun, when it is one of this turn; null otherwise.</returns>
    private async Task<RunId?> TerminatedRunAsync(TurnCourse course, TurnReference turn, CancellationToken cancellationToken) =>
        course.IsTerminated
        && await session.ReadAsync(turn, cancellationToken) is { Claim: { } claim }
        && claim.Orchestration == course.EndedOrchestration
        && RunId.TryParse(claim.RunId) is { } run && run.Turn == turn.RunId.Turn
            ? run
            : null;

    private async Task<bool> HasMoreAsync(SessionKey key, CancellationToken cancellationToken)
    {
        await foreach (var _ in inbox.ListAsync(key, cancellationToken))
        {
            return true;
        }

        return false;
    }
}
