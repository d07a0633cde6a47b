using System.Buffers;
using System.Collections.Immutable;
using System.IO.Pipelines;

namespace Holdfast.Peers.Bedrock;

/// <summary>
/// Plays a script into one response. Frames are built before they are due, and due times are absolute, so that a rate
/// does not drift.
/// </summary>
internal sealed class BedrockAnswer(PipeWriter output, BedrockRequest request, PeerGates gates, TimeProvider time, CancellationToken stop)
{
    private readonly Dictionary<string, byte[]> _built = new(StringComparer.Ordinal);
    private bool _started;
    private string? _openKind;
    private int _block = -1;

    /// <summary>Plays the steps until one of them ends the answer, or to the last.</summary>
    public async Task<BedrockEnding> PlayAsync(ImmutableArray<BedrockStep> steps)
    {
        foreach (var step in steps)
        {
            if (await PlayAsync(step) is { } ending)
            {
                return ending;
            }
        }

        return BedrockEnding.Finished;
    }

    private async Task<BedrockEnding?> PlayAsync(BedrockStep step)
    {
        switch (step)
        {
            case BedrockStep.Silence silence:
                await Task.Delay(silence.Duration, time, stop);
                return null;
            case BedrockStep.Gate gate:
                await gates.WaitAsync(gate.Name, stop);
                return null;
            case BedrockStep.Exceptional exception:
                await SendAsync(BedrockFrames.Exception(exception));
                return BedrockEnding.Finished;
            case BedrockStep.Errored error:
                await SendAsync(EventFrame.Error(error.Code, error.Message));
                return BedrockEnding.Finished;
            case BedrockStep.CutSocket:
                await SendHalfAsync();
                return BedrockEnding.Cut;
            case BedrockStep.EndInsideFrame:
                await SendHalfAsync();
                return BedrockEnding.Finished;
            case BedrockStep.EndHere:
                return BedrockEnding.Finished;
            case BedrockStep.HoldHeaders:
                return null;
            default:
                await PlayContentAsync(step);
                return null;
        }
    }

    private async Task PlayContentAsync(BedrockStep step)
    {
        await StartAsync();
        switch (step)
        {
            case BedrockStep.MessageStart:
                break;
            case BedrockStep.Text text:
                await OpenAsync("text");
                await SendPacedAsync(Frames(text.Deltas, BedrockFrames.TextDelta), text.Interval);
                break;
            case BedrockStep.Fragmented fragmented:
                await OpenAsync("text");
                await SendFragmentedAsync(Frames(fragmented.Deltas, BedrockFrames.TextDelta), fragmented.PieceBytes);
                break;
            case BedrockStep.DamagedText damaged:
                await OpenAsync("text");
                await SendAsync(BedrockFrames.Damaged(_block, damaged));
                break;
            case BedrockStep.Reasoning reasoning:
                await PlayReasoningAsync(reasoning);
                break;
            case BedrockStep.RedactedReasoning redacted:
                await CloseAsync();
                await OpenAsync("redacted");
                await SendAsync(BedrockFrames.RedactedDelta(_block, redacted.Content.AsSpan()));
                await CloseAsync();
                break;
            case BedrockStep.ToolUse toolUse:
                await PlayToolUseAsync(toolUse);
                break;
            case BedrockStep.UnknownEvent unknown:
                await SendAsync(BedrockFrames.Event(unknown.EventType, unknown.Json));
                break;
            case BedrockStep.MessageStop stopStep:
                await CloseAsync();
                await SendAsync(BedrockFrames.MessageStop(stopStep));
                break;
            case BedrockStep.Metadata metadata:
                await SendAsync(BedrockFrames.Metadata(metadata));
                break;
            default:
                throw new InvalidOperationException($"A step {step.GetType().Name} cannot stand here: it must be the first of its script.");
        }
    }

    private async Task PlayReasoningAsync(BedrockStep.Reasoning reasoning)
    {
        await OpenAsync("reasoning");
        await SendPacedAsync(Frames(reasoning.Deltas, BedrockFrames.ReasoningDelta), reasoning.Interval);
        if (reasoning.Signature is { } signature)
        {
            await SendAsync(BedrockFrames.SignatureDelta(_block, signature));
            await CloseAsync();
        }
    }

    private async Task PlayToolUseAsync(BedrockStep.ToolUse toolUse)
    {
        await CloseAsync();
        await OpenAsync("toolUse");
        await SendAsync(BedrockFrames.ToolStart(_block, toolUse.Name, toolUse.Id));
        var size = Math.Max(1, (toolUse.InputJson.Length + toolUse.Chunks - 1) / toolUse.Chunks);
        var pieces = toolUse.InputJson.Chunk(size).Select(piece => new string(piece)).ToImmutableArray();
        await SendPacedAsync(Frames(pieces, BedrockFrames.ToolInputDelta), toolUse.Interval);
        await CloseAsync();
    }

    private async Task StartAsync()
    {
        if (!_started)
        {
            _started = true;
            await SendAsync(BedrockFrames.MessageStart);
        }
    }

    private async Task OpenAsync(string kind)
    {
        if (_openKind == kind)
        {
            return;
        }

        await CloseAsync();
        (_openKind, _block) = (kind, _block + 1);
        _built.Clear();
    }

    private async Task CloseAsync()
    {
        if (_openKind is not null)
        {
            _openKind = null;
            await SendAsync(BedrockFrames.BlockStop(_block));
        }
    }

    /// <summary>One frame per delta; equal deltas share theirs.</summary>
    private byte[][] Frames(ImmutableArray<string> deltas, Func<int, string, byte[]> build)
    {
        var frames = new byte[deltas.Length][];
        for (var index = 0; index < frames.Length; index++)
        {
            if (!_built.TryGetValue(deltas[index], out var frame))
            {
                _built[deltas[index]] = frame = build(_block, deltas[index]);
            }

            frames[index] = frame;
        }

        return frames;
    }

    private async Task SendPacedAsync(byte[][] frames, TimeSpan interval)
    {
        var start = time.GetTimestamp();
        for (var index = 0; index < frames.Length; index++)
        {
            var wait = (interval * index) - time.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), time, stop);
            }

            await SendAsync(frames[index]);
            request.DeltasSent++;
        }
    }

    private async Task SendFragmentedAsync(byte[][] frames, int pieceBytes)
    {
        foreach (var piece in frames.SelectMany(frame => frame).Chunk(pieceBytes))
        {
            await SendAsync(piece);
        }

        request.DeltasSent += frames.Length;
    }

    private async Task SendHalfAsync()
    {
        var frame = BedrockFrames.TextDelta(Math.Max(_block, 0), "never seen");
        await SendAsync(frame.AsMemory(0, frame.Length / 2));
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        output.Write(bytes.Span);
        var result = await output.FlushAsync(stop);
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new OperationCanceledException(stop);
        }

        var now = PeerClock.NowMicros;
        request.FirstByteAtMicros ??= now;
        request.LastByteAtMicros = now;
    }
}
