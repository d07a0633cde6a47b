using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Models.Compactions;

/// <summary>
/// Has a conversation summed up and begins a new segment with the summary. Called by the session's owner, before a model call or beside
/// its stream; a compaction that fails is logged and never fails a turn.
/// <para>
/// The summary goes through the concurrency limiter like any call. Nothing is written before it is complete: a crash leaves the
/// conversation as it was, or a sealed segment whose successor begins without the summary, which is a plain roll.
/// </para>
/// </summary>
public sealed partial class Compactor(ModelStreamReader reader, ConcurrencyLimiter limiter, TimeProvider clock, ILogger<Compactor> log)
{
    /// <param name="model">Who writes the summary.</param>
    /// <param name="abandon">Gives the summary up, also while it waits for the limiter; a roll that has begun is gone through with.</param>
    /// <param name="cancellationToken">Ends the execution.</param>
    public async Task CompactAsync(
        FencedTranscript transcript, CompactionPlan plan, ModelProfile model, MessagePriority priority, CancellationToken abandon,
        CancellationToken cancellationToken)
    {
        var run = transcript.Identity.Run.Value;
        using var wanted = CancellationTokenSource.CreateLinkedTokenSource(abandon, transcript.Ended);
        try
        {
            if (await SummariseAsync(run, plan, model, priority, wanted.Token) is { } summary && !wanted.IsCancellationRequested)
            {
                await WriteAsync(transcript, plan, summary, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (wanted.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogNotInTime(log, run);
        }
        catch (StorageUnavailableException fault)
        {
            LogNotWritten(log, fault, run);
        }
    }

    /// <returns>Null when the model gave none.</returns>
    private async Task<string?> SummariseAsync(
        string run, CompactionPlan plan, ModelProfile model, MessagePriority priority, CancellationToken abandon)
    {
        using var place = await limiter.EnterAsync(priority, abandon);
        switch (await reader.ReadAsync(CompactionPrompt.Build(plan, model), static _ => { }, abandon))
        {
            case ModelOutcome.Completed completed:
                return completed.Content.PlainText();
            case ModelOutcome.Failed failed:
                LogNotSummarised(log, run, failed.Failure.Kind);
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task WriteAsync(FencedTranscript transcript, CompactionPlan plan, string summary, CancellationToken cancellationToken)
    {
        var identity = transcript.Identity;
        var entry = new TranscriptEntry.Compaction(CompactionPrompt.Heading + summary, plan.FirstKeptId)
        {
            Id = EntryId.OfAttempt(identity.Run, identity.Epoch, "compaction"),
            WrittenAt = clock.GetUtcNow(),
            TokensBefore = plan.TokensBefore,
            KeptFrom = plan.KeptFrom,
        };
        if (await transcript.RollAsync(entry, cancellationToken) is FencedOutcome.Appended)
        {
            LogCompacted(log, identity.Run.Value, plan.LeftOut.Length, plan.TokensBefore, summary.Length);
        }
    }
}
