using System.Globalization;

namespace Holdfast.Bench.Fixtures;

/// <summary>All that passed on the wire for one turn, from the message sent until storage was quiet again.</summary>
internal sealed class RecordedTurn(SentMessage sent, ModelRequest request, SlackPost post, IReadOnlyList<StorageCall> calls)
{
    public IReadOnlyList<StorageCall> Own { get; } = [.. calls.Where(call => call.IsOwn)];

    /// <summary>The engine's, its polls left out.</summary>
    public IReadOnlyList<StorageCall> Engine { get; } = [.. calls.Where(call => !call.IsOwn && !call.IsPoll)];

    public IReadOnlyList<StorageCall> Polls { get; } = [.. calls.Where(call => call.IsPoll)];

    /// <summary>From the endpoint's answer to the first call that the turn itself makes, in milliseconds.</summary>
    public double EngineToModel => (FirstOfTurn - sent.AcceptedAtMicros) / 1000.0;

    /// <summary>From there to the request on the model's wire, in milliseconds.</summary>
    public double OwnToModel => (request.ArrivedAtMicros - FirstOfTurn) / 1000.0;

    /// <summary>Each call with the times it came and was answered, in milliseconds since the first, among what the peers saw.</summary>
    public IEnumerable<string> Timeline => calls.Where(call => !call.IsPoll)
        .Select(
            call =>
                (
                    At: call.FromMicros,
                    Text: string.Create(
                        CultureInfo.InvariantCulture, $"{call.Kind} {Since(call.FromMicros):0.0}–{Since(call.AtMicros):0.0}")))
        .Append(Happening("ACCEPTED", sent.AcceptedAtMicros))
        .Append(Happening("MODEL", request.ArrivedAtMicros))
        .Append(Happening("LAST BYTE", request.LastByteAtMicros!.Value))
        .Append(Happening("REPLY", post.ArrivedAtMicros))
        .OrderBy(happening => happening.At).Select(happening => happening.Text);

    private long FirstOfTurn => Own.First(call => call.FromMicros > sent.AcceptedAtMicros).FromMicros;

    private (long At, string Text) Happening(string what, long at) =>
        (at, string.Create(CultureInfo.InvariantCulture, $"{what} {Since(at):0.0}"));

    private double Since(long micros) => (micros - sent.SentAtMicros) / 1000.0;
}
