using System.Collections.Immutable;
using Holdfast.Models;
using Holdfast.Ownership;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Turns.Steps;

/// <summary>
/// One model call whose text is written down while it streams. Reading never waits for storage: a loop beside it takes what has come
/// together and appends it, each append conditional (I2). What the store does not take goes with the next append.
/// </summary>
public sealed partial class StreamedCall(
    ModelStreamReader reader, IOptions<TurnOptions> options, TimeProvider clock, ILogger<StreamedCall> log)
{
    /// <summary>
    /// How long an overtaken run still listens: what a process that stood still finds in its socket may be a whole answer, and that is not
    /// thrown away (I5). A model that goes on speaking is cut off.
    /// </summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <returns>
    /// How the call ended, null when the fence closed while the model was speaking; and the text that is not in the transcript yet.
    /// </returns>
    internal async Task<(ModelOutcome? Outcome, IReadOnlyList<TranscriptEntry> Unwritten)> RunAsync(
        StepWork work, ModelCall call, CancellationToken cancellationToken)
    {
        var transcript = work.Transcript;
        var text = new StreamCoalescer();
        var parts = new PartSequence(transcript.Identity, work.Step);
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using var closing = transcript.Ended.Register(
            () => late.CancelAfter(transcript.End is FencedOutcome.TakenOver ? LastWords : TimeSpan.Zero));
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        using var ended = new CancellationTokenSource();
        var writer = WriteAsync(work, parts, text, ended.Token, cancellationToken);
        ModelOutcome? outcome = null;
        try
        {
            outcome = await reader.ReadAsync(call, text.Hear, reading.Token);
        }
        catch (OperationCanceledException) when (transcript.Ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Somebody else owns the session; what was written of the answer stays where it is.
        }
        finally
        {
            await ended.CancelAsync();
            await writer;
        }

        parts.Take(text, clock.GetUtcNow());
        work.Deltas += text.Deltas;
        work.Characters += text.Characters;
        return (outcome, parts.Unwritten);
    }

    /// <summary>Ends after the append that is under way: one that is cut off would come back as a question to the fence.</summary>
    private async Task WriteAsync(
        StepWork work, PartSequence parts, StreamCoalescer text, CancellationToken ended, CancellationToken cancellationToken)
    {
        using var tick = new PeriodicTimer(options.Value.WriteEvery, clock);
        try
        {
            while (await tick.WaitForNextTickAsync(ended))
            {
                if (parts.Take(text, clock.GetUtcNow()))
                {
                    await AppendAsync(work.Transcript, parts, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested || cancellationToken.IsCancellationRequested)
        {
            // The stream is over; the caller writes what is left.
        }
    }

    private async Task AppendAsync(FencedTranscript transcript, PartSequence parts, CancellationToken cancellationToken)
    {
        try
        {
            await transcript.AppendAsync(parts.Unwritten, cancellationToken);
            parts.Written();
        }
        catch (StorageUnavailableException fault)
        {
            // The answer goes on; the part goes with the next one, under its own id.
            LogPartNotWritten(log, fault, transcript.Identity.Run.Value);
        }
    }

    /// <summary>Parts in order, each until it is written. One stream per claim, so epoch and number name a part.</summary>
    private sealed class PartSequence(WriterIdentity writer, int step)
    {
        private int _number;

        public ImmutableList<TranscriptEntry> Unwritten { get; private set; } = [];

        /// <returns>True when something waits to be written.</returns>
        public bool Take(StreamCoalescer text, DateTimeOffset at)
        {
            if (text.Take() is { } part)
            {
                Unwritten = Unwritten.AddRange(EntryCut.Pieces(part).Select(piece => new TranscriptEntry.StreamedText(step, piece)
                {
                    Id = EntryId.OfAttempt(writer.Run, writer.Epoch, "part", ++_number),
                    WrittenAt = at,
                }));
            }

            return !Unwritten.IsEmpty;
        }

        public void Written() => Unwritten = [];
    }
}
