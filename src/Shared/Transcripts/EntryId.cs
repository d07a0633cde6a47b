using System.Globalization;
using System.Text.Json.Serialization;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Transcripts;

/// <summary>
/// A transcript entry's id. Ids of a run derive from (run, step, part), so that a repeated step finds its own work; ids of anybody
/// else are whatever they wrote.
/// </summary>
[JsonConverter(typeof(IdJsonConverter<EntryId>))]
public sealed record EntryId : IId<EntryId>
{
    private EntryId(string value) => Value = value;

    public string Value { get; }

    /// <exception cref="FormatException">The text is empty.</exception>
    public static EntryId Parse(string value) =>
        string.IsNullOrEmpty(value) ? throw new FormatException("An entry's id is not empty.") : new EntryId(value);

    /// <summary>The inbound message of a turn: the same id however often and by whichever run it is written.</summary>
    public static EntryId OfMessage(TurnId turn) => new(StableHash.Of("message", turn.Value)[..16]);

    /// <summary>Final work of a step; <paramref name="part"/> names what it is, for example <c>answer</c> or a tool call's id.</summary>
    public static EntryId OfStep(RunId run, int step, string part) =>
        new(StableHash.Of("step", run.Value, step.ToString(CultureInfo.InvariantCulture), part)[..16]);

    /// <summary>
    /// Work of one attempt that is not final: streamed parts, stubs. The epoch names the attempt, as no two attempts share one.
    /// </summary>
    public static EntryId OfAttempt(RunId run, long epoch, string part, long number = 0) =>
        new(
            StableHash.Of(
                "attempt", run.Value, epoch.ToString(CultureInfo.InvariantCulture), part, number.ToString(CultureInfo.InvariantCulture))[
                    ..16]);

    /// <summary>A side entry that came through the inbox.</summary>
    public static EntryId OfDelivery(string deliveryHash) => new(StableHash.Of("side", deliveryHash)[..16]);

    public override string ToString() => Value;
}
